import type { AnswerClass } from './verdict.ts';

/** A phrase that gives its speaker away, with the class it names. */
export interface Phrase {
  readonly class: AnswerClass;
  readonly text: string;
}

/**
 * Phrases by class in English, German, Spanish and French, written without accents and punctuation.
 * Screening and full mailboxes come before voicemail, whose words they share.
 */
const PHRASES: readonly (readonly [AnswerClass, RegExp])[] = [
  [
    'call_screening',
    /(record|say|state|speak|give|tell me) your (full |first )?(and last )?name (and (the )?(reason|why)|after|at|when|now)|your name and (the )?reason|(who|reason).{0,20}calling.{0,30}(see if|available|connect you)|(after|at) the (tone|beep) (please )?(say|state|record) your name|not accept (unidentified|anonymous|private) calls|(please )?hold while (i|we) (try|attempt) to (connect|reach|locate)|call (assist|screening)|screening (service|this call)|google assistant|anrufprufung|(nennen|sagen|sprechen) sie .{0,20}ihren namen|ihren namen und (den )?grund|grund (ihres|des) anrufs|(diga|digame|indique|graba|grabe) su nombre|(motivo|razon) de (su|la) llamada|(dites|prononcez|indiquez|enregistrez) votre nom|(raison|motif) de votre appel/u,
  ],
  [
    'mailbox_full',
    /(mailbox|mail box|inbox|voicemail).{0,60}\bfull\b|(cannot|can not|not able to|unable to|can t) accept (.{0,20}messages|any|more)|(mailbox|postfach|anrufbeantworter|speicher).{0,25}\bvoll\b|keine (weiteren |neuen )?nachrichten.{0,20}(aufgezeichnet|hinterlassen|annehmen|entgegen)|buzon.{0,60}\blleno\b|no (puede|se pueden).{0,20}mas mensajes|(boite|messagerie|repondeur).{0,30}\b(pleine|plein|saturee)\b|ne peut plus (recevoir|enregistrer)/u,
  ],
  [
    'sit_vacant',
    /number you (have )?(dialed|dialled|reached|called).{0,40}(not in service|disconnected|not been recognized|not recognised|no longer|changed)|(rufnummer|nummer).{0,20}(nicht vergeben|unbekannt|nicht bekannt)|kein anschluss unter dieser nummer|numero (marcado|que (ha|usted) marc\w+).{0,30}(no existe|no esta en servicio|incorrecto)|numero (que vous avez (compose|demande)|demande|compose).{0,30}(pas attribue|plus attribue|n est pas)/u,
  ],
  [
    'sit_no_circuit',
    /all (circuits|lines) are (now |currently )?busy|cannot be completed at this time|alle leitungen.{0,15}(belegt|besetzt)|todas las (lineas|circuitos).{0,20}ocupad|(lignes|circuits) (sont|de votre correspondant sont) (occupe|encombre)/u,
  ],
  [
    'voicemail',
    /leave.{0,25}(message|name|number)|after the (tone|beep)|at the (tone|beep)|(can t|cannot|can not|unable to|not able to).{0,25}(come to|take your call|answer)|(is|am|are) not (available|here) (right now|at the moment|to take)|person at extension|is (currently )?unavailable|away from my desk|you know what to do|(nadie|no) esta libre|persona (en|a) la extension|teilnehmer (mit der nummer|ist)|(voice ?mail|mailbox) (of|box|for|is|service)|you (have|ve) reached (the )?(voice|mailbox)|forwarded to|get back to you|return your call|hinterlassen sie|sprich (mir )?(was |etwas )?drauf|nachricht (nach|hinterlass|auf)|nach dem (signal|piep|ton|signalton)|anrufbeantworter|mailbox (von|der)|(nicht|momentan|zurzeit).{0,15}(erreichbar|zu erreichen)|rufe.{0,20}zuruck|dej[ae] (un|su|tu|el)|ya sabes lo que hay que|mensaje despues|despues (de la senal|del tono|de oir)|buzon de voz|contestador|no (puedo|podemos|puede) (atender|contestar|ponerme)|urgen\w+ (matters )?(please )?(call|llame|appelez)|pas la pour l instant|laissez.{0,15}(message|nom|coordonnees)|apres le (bip|signal)|messagerie vocale|boite vocale|repondeur|(suis|sommes) (pas disponible|absent|indisponible)|(pas|ne peux pas|ne peut pas) (vous )?repondre/u,
  ],
  [
    'ivr',
    /(press|dial|choose) (one|two|three|four|zero|nought|pound|star|option|\d)|for .{3,40} press|(drucken|wahlen) sie (die )?(eins|zwei|drei|null|\d)|(pulse|marque|oprima) (el )?(uno|dos|tres|cero|\d)|(tapez|appuyez sur|composez le) (la touche )?(un|deux|trois|zero|\d)|para .{3,40} (pulse|marque)|pour .{3,40} (tapez|appuyez)|main menu|hauptmenu|menu principal|your call is important|su llamada es importante|votre appel est important|ihr anruf ist uns wichtig|all (of )?our (agents|representatives|operators) are|unsere mitarbeiter sind|(agentes|operadores) estan ocupados|(conseillers|operateurs) sont (en ligne|occupes)|(außerhalb|outside) (of )?(our|unserer) \w*(zeiten|hours)|extension (you|number)|calls? (may|will) be recorded/u,
  ],
];

/** Finds the first telling phrase in what was said; null when nothing tells. */
export function tellingPhrase(text: string): Phrase | null {
  const plain = text
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ');
  for (const [name, pattern] of PHRASES) {
    const found = pattern.exec(plain);
    if (found) return { class: name, text: found[0] };
  }
  return null;
}
