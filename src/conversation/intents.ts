/** What a callee may want that is not left to a model, since it must be right. */
export type Intent = 'optOut' | 'wrongNumber' | 'whoIsThis' | 'areYouARobot' | 'callback' | 'goodbye';

/** The languages whose words are known here. */
export type Language = 'en' | 'de' | 'es' | 'fr';

type Patterns = Readonly<Record<Intent, readonly RegExp[]>>;

/** The order in which they are looked for: what protects the callee comes first. */
const order: readonly Intent[] = [
  'optOut',
  'wrongNumber',
  'areYouARobot',
  'whoIsThis',
  'callback',
  'goodbye',
];

/** Matched against lower case without punctuation and accents, which `\b` would take for the ends of words. */
const patterns: Readonly<Record<Language, Patterns>> = {
  en: {
    optOut: [
      /\b(take|get|remove|delete|cross|strike|scratch)( me| us| my (name|number)| this number)? (completely |right )?(off|from|out of) (of )?(your|the|this|that|any|all)( \w+)? (list|lists|database|records|system)\b/u,
      /\b(remove|delete|unsubscribe) (me|us|my (name|number|phone number|details|data))\b/u,
      /\b(do not|don't|dont|never|not to) (ever )?(call|phone|ring|contact|bother) (me|us|here|this number)\b(?! (back )?(before|until|after|at|on|in the|tomorrow|today|this|during))/u,
      /\b(stop|quit) (calling|phoning|ringing|contacting|bothering|harassing)\b(?! (my|him|her|them|the|a|your))/u,
      /\b(don't|dont|do not) (want|wish) (you |anyone |anybody )?(to )?(be (called|contacted)|(any |these |your |more |any more )+calls?|(call|contact|ring|phone) me)\b/u,
      /\bno (more|further) calls\b/u,
      /\bdo not call list\b/u,
      /\b(put|add) me (on|to) (the |your |a )?(do not call|no call)\b/u,
      /\b(opt|opting) (me )?out\b/u,
      /\b(lose|forget|delete) my number\b/u,
      /\bleave me alone\b/u,
    ],
    wrongNumber: [
      /\bwrong (number|person|guy|lady)\b/u,
      /\b(no one|nobody|no body|there's no one|there is no one|there's nobody|there is nobody) (here )?(by|with|of|called|named) (that|this)?\b/u,
      /\b(he|she|they) (does not|doesn't|doesnt|do not|don't) live here\b/u,
      /\b(that's|that is|this is|i'm|i am) not (me|him|her|that person)\b/u,
    ],
    areYouARobot: [
      /\b(are you|is this|am i (talking|speaking) (to|with)|you('re| are)) (just |really |actually )?(a |an |some )?(real )?(robot|bot|machine|computer|ai|a i|artificial|automated|recording|human|human being|person|real)\b/u,
      /\bis this (an? )?(automated|recorded|computer|robo) ?(call|voice|message)?\b/u,
    ],
    whoIsThis: [
      /\bwho('s| is| are) (this|that|you|calling|speaking)\b/u,
      /\bwho am i (talking|speaking) (to|with)\b/u,
      /\bwhere are you calling from\b/u,
      /\bwhat (company|is this about|'s this about)\b/u,
      /\bwhat's this about\b/u,
      /\bwhy are you calling\b/u,
    ],
    callback: [
      /\b(call|ring|phone) ((me|us) )?(back|again|later|another time|tomorrow|tonight)\b/u,
      /\b(call|ring|phone) (me|us) (this|next|on|in|at)\b/u,
      /\b(call|ring|phone) me .*\b(back|again|later|tomorrow|tonight|morning|afternoon|evening|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b/u,
      /\bcallback\b/u,
      /\b(not|isn't|isnt) a good time\b/u,
      /\bbad time\b/u,
      /\b(i'm|i am) (driving|in a meeting|at work|busy)\b/u,
    ],
    goodbye: [
      /^(ok |okay |well |alright |great |thanks |thank you |no |yes )*(bye|goodbye|good bye|bye bye|see you|talk to you later|have a (nice|good|great) (day|one|evening|weekend))( then| now| bye| goodbye)*$/u,
      /\b(goodbye|good bye|bye bye|bye now)$/u,
      /\b(thanks|thank you|thank you very much|all|day|you|then) (and )?bye$/u,
    ],
  },
  de: {
    optOut: [
      /\b(rufen|ruf) (sie )?(mich|uns|hier)? ?(bitte )?(hier )?(nie wieder|nicht mehr|nie mehr)( wieder)?( an)?\b/u,
      /\b(nicht|nie) (mehr|wieder) (angerufen|kontaktiert|anrufen|kontaktieren)\b/u,
      /\b(keine|keinerlei) (weiteren |werbe)?anrufe\b/u,
      /\b(aus|von) (ihrer|der|dieser|ihren) (\w+ )?(liste|datenbank|listen|kartei)\b/u,
      /\b(loschen|streichen|entfernen|losche) (sie )?(bitte )?(mich|meine (nummer|daten|telefonnummer))\b/u,
      /\bhoren sie auf (mich )?(anzurufen|mit den anrufen)\b/u,
      /\blassen sie mich in ruhe\b/u,
    ],
    wrongNumber: [
      /\b(falsch verbunden|falsche (nummer|person)|verwahlt)\b/u,
      /\b(gibt es hier nicht|wohnt hier nicht)\b/u,
    ],
    areYouARobot: [
      /\b(sind sie|bist du|ist das|spreche ich mit) (etwa |hier )?(ein|eine|einer|einem|eigentlich ein)? ?(echter |echten )?(roboter|mensch|maschine|computer|ki|k i|bot|menschen|tonband)\b/u,
    ],
    whoIsThis: [
      /\bwer (ist|sind|spricht) (da|dort|sie|denn|das|hier|am)\b/u,
      /\bmit wem (spreche|rede) ich\b/u,
      /\b(worum|um was) geht (es|s)\b/u,
      /\bwoher rufen sie an\b/u,
    ],
    callback: [
      /\b(rufen|ruf) (sie )?(mich )?(bitte )?.*\b(zuruck|spater|nochmal|noch einmal|morgen|wieder an|am \w+ an)\b/u,
      /\b(ungunstig|passt gerade nicht|passt mir gerade nicht|ruckruf)\b/u,
    ],
    goodbye: [
      /^(ok |okay |gut |danke |vielen dank |nein |ja )*(tschuss|tschus|auf wiederhoren|auf wiedersehen|ciao|schonen tag( noch)?)( danke)?$/u,
      /\b(tschuss|tschus|auf wiederhoren|auf wiedersehen)$/u,
    ],
  },
  es: {
    optOut: [
      /\bno (me|nos) (vuelva|vuelvan|vuelvas) a (llamar|contactar)\b/u,
      /\bno (me|nos) (llame|llamen|llames)( (mas|nunca mas|otra vez|nunca)|$)/u,
      /\b(deje|dejen|deja|paren) de (llamar|llamarme|llamarnos|molestar|molestarme)\b/u,
      /\b(quiteme|quitenme|borreme|elimineme|elimine|borre|borren|saqueme|saquen)( mi numero| mis datos| mi nombre)?( de (la|su|esta) (\w+ )?(lista|base))?\b/u,
      /\bno quiero (recibir )?(mas )?llamadas\b/u,
      /\bdejeme en paz\b/u,
    ],
    wrongNumber: [/\b(numero|persona) equivocad[oa]\b/u, /\bse (ha )?equivocad?o? de numero\b/u],
    areYouARobot: [
      /\b(es usted|eres|es esto|hablo con|estoy hablando con) (un |una )?(robot|maquina|persona real|persona|humano|ordenador|computadora|inteligencia artificial|grabacion)\b/u,
    ],
    whoIsThis: [
      /\b(quien|quien) (es|habla|llama|me llama)\b/u,
      /\b(con quien hablo|de donde (me )?llama)\b/u,
      /\bde que se trata\b/u,
    ],
    callback: [
      /\b(llameme|llamame|llamenme|me llame|me puede llamar|vuelva a llamar)\b.*\b(luego|despues|mas tarde|manana|otro|el (lunes|martes|miercoles|jueves|viernes|sabado|domingo)|a las)\b/u,
      /\b(mal momento|no es buen momento)\b/u,
    ],
    goodbye: [
      /^(vale |bueno |gracias |muchas gracias |no |si )*(adios|hasta luego|chao|hasta manana|que tenga buen dia)( gracias)?$/u,
      /\b(adios|hasta luego)$/u,
    ],
  },
  fr: {
    optOut: [
      /\bne (m'|me |nous )?(appelez|rappelez|contactez|rappeler|appeler) (plus|jamais|plus jamais)\b/u,
      /\b(arretez|cessez) de (m'|me |nous )?(appeler|deranger|contacter|harceler)\b/u,
      /\b(retirez|enlevez|supprimez|effacez|rayez)([ -](moi|nous)| mon (numero|nom)| mes (coordonnees|donnees))( de (votre|la|cette) (\w+ )?(liste|base))?\b/u,
      /\b(plus|pas) (etre|recevoir) (appelee?|d'appels|contactee?|demarchee?)\b/u,
      /\blaissez[ -]moi tranquille\b/u,
    ],
    wrongNumber: [
      /\b(mauvais|faux) numero\b/u,
      /\b(trompee?z?|erreur) de (numero|personne)\b/u,
      /\bmauvaise personne\b/u,
    ],
    areYouARobot: [
      /\b(etes[ -]vous|vous etes|es[ -]tu|est[ -]ce|c'est|je parle a) (un |une )?(vraie? )?(robot|machine|personne|humain|etre humain|ordinateur|ia|i a|intelligence artificielle|enregistrement)\b/u,
    ],
    whoIsThis: [
      /\b(qui est (a l'appareil|ce|la)|qui etes[ -]vous|c'est qui|qui parle|a qui ai[ -]je l'honneur)\b/u,
      /\b(c'est a quel sujet|de quoi s'agit[ -]il|d'ou appelez[ -]vous)\b/u,
    ],
    callback: [
      /\b(rappelez|rappeler|appelez)([ -]moi| me)?\b.*\b(plus tard|demain|ce soir|lundi|mardi|mercredi|jeudi|vendredi|samedi|a \d+|tard)\b/u,
      /\b(mauvais moment|pas le (bon )?moment)\b/u,
    ],
    goodbye: [
      /^(ok |d'accord |bon |merci |merci beaucoup |non |oui )*(au revoir|salut|a bientot|bonne journee|bonne soiree)( merci| au revoir)?$/u,
      /\bau revoir$/u,
    ],
  },
};

/** The words of an agent's language, which may carry a region; English where there are none. */
export const languageOf = (tag: string): Language => {
  const language = tag.slice(0, 2);
  return language in patterns ? (language as Language) : 'en';
};

/** What the callee wants, if it is one of these. Reads what Whisper writes: case and punctuation do not matter. */
export function intentOf(text: string, language: Language): Intent | null {
  const said = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll(/[’‘]/gu, "'")
    .replaceAll(/[^\p{L}\p{N}' ]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  return order.find((intent) => patterns[language][intent].some((pattern) => pattern.test(said))) ?? null;
}
