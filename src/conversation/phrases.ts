import type { Language } from './intents.ts';
import type { StandardLine } from './turn.ts';

/** What an agent says where a model's words would be too late or not sure to be right. */
export interface Phrases extends Readonly<Record<StandardLine, string>> {
  /** Instead of `optedOut`, to a caller who shows no number. */
  readonly notListed: string;
  readonly goodbye: string;
  readonly wrongNumber: string;
  /** Before the agent's disclosure. */
  readonly whoIsThis: (agent: string) => string;
  readonly yesARobot: string;
  readonly fillers: readonly string[];
  readonly askWhen: string;
  readonly confirm: (time: string) => string;
  readonly confirmMoved: (time: string) => string;
  readonly booked: (time: string) => string;
  readonly cannotBook: string;
  readonly allRight: string;
  /** A whole sentence. */
  readonly disclosure: string;
  /** A whole sentence, said before all others. */
  readonly recordingNotice: string;
  readonly puttingThrough: string;
  /** What somebody hears before a callee is put through to them. */
  readonly handOver: (known: {
    readonly agent: string;
    readonly callee: string;
    /** What they have said last, and what they have answered. */
    readonly said: string;
  }) => string;
}

/** The phrases of each language. */
export const phrasesOf: Readonly<Record<Language, Phrases>> = {
  en: {
    stillThere: 'Are you still there?',
    giveUp: "I can't hear you, so I will end the call now. Goodbye.",
    tooLong: 'I am sorry, our time is up. Thank you, and goodbye.',
    sorry: 'I am sorry, something is not working on our side. We will get back to you. Goodbye.',
    optedOut: 'I have taken you off our list. We will not call you again. Goodbye.',
    notListed:
      "I can't see your number, so I can't put it on the list of those we never call. Please call again and show it. Goodbye.",
    goodbye: 'Thank you for your time. Goodbye.',
    wrongNumber: 'I am sorry, I seem to have the wrong number. Please excuse the call. Goodbye.',
    whoIsThis: (agent) => `This is ${agent}.`,
    yesARobot: 'I am an AI, not a human being.',
    fillers: ['One moment.', 'Let me see.', 'Just a second.'],
    askWhen: 'When may I call you back?',
    confirm: (time) => `I would call you back on ${time}. Is that right?`,
    confirmMoved: (time) => `I can't call at that time, but I could on ${time}. Is that all right?`,
    booked: (time) => `Good, I will call you on ${time}. Goodbye.`,
    cannotBook: "I can't arrange a time myself, so we will try again another day. Goodbye.",
    allRight: 'All right. What else can I do for you?',
    disclosure: 'I am an AI assistant.',
    recordingNotice: 'This call is recorded.',
    notThere: 'I am sorry, nobody can take your call right now. What else can I do for you?',
    puttingThrough: 'One moment, I will put you through.',
    handOver: ({ agent, callee, said }) =>
      `This is ${agent}. I have ${callee || 'somebody'} on the line for you.${said && ` They said: ${said}`} I am putting you through.`,
  },
  de: {
    stillThere: 'Sind Sie noch da?',
    giveUp: 'Ich kann Sie nicht hören und beende den Anruf jetzt. Auf Wiederhören.',
    tooLong: 'Leider ist unsere Zeit um. Vielen Dank und auf Wiederhören.',
    sorry: 'Entschuldigung, bei uns klappt gerade etwas nicht. Wir melden uns wieder. Auf Wiederhören.',
    optedOut: 'Ich habe Sie von unserer Liste genommen. Wir rufen Sie nicht mehr an. Auf Wiederhören.',
    notListed:
      'Ich sehe Ihre Nummer nicht und kann sie deshalb nicht sperren. Bitte rufen Sie noch einmal mit sichtbarer Nummer an. Auf Wiederhören.',
    goodbye: 'Vielen Dank für Ihre Zeit. Auf Wiederhören.',
    wrongNumber: 'Entschuldigung, da habe ich wohl die falsche Nummer. Auf Wiederhören.',
    whoIsThis: (agent) => `Hier ist ${agent}.`,
    yesARobot: 'Ich bin eine KI, kein Mensch.',
    fillers: ['Einen Moment.', 'Mal sehen.', 'Kleinen Augenblick.'],
    askWhen: 'Wann darf ich Sie zurückrufen?',
    confirm: (time) => `Ich würde Sie am ${time} zurückrufen. Stimmt das?`,
    confirmMoved: (time) => `Dann kann ich nicht anrufen, aber am ${time}. Passt Ihnen das?`,
    booked: (time) => `Gut, ich rufe Sie am ${time} an. Auf Wiederhören.`,
    cannotBook: 'Ich kann selbst keine Zeit vereinbaren, wir versuchen es ein andermal. Auf Wiederhören.',
    allRight: 'In Ordnung. Was kann ich sonst für Sie tun?',
    disclosure: 'Ich bin eine KI-Assistenz.',
    recordingNotice: 'Dieser Anruf wird aufgezeichnet.',
    notThere: 'Leider kann gerade niemand Ihren Anruf annehmen. Was kann ich sonst für Sie tun?',
    puttingThrough: 'Einen Moment, ich verbinde Sie.',
    handOver: ({ agent, callee, said }) =>
      `Hier ist ${agent}. Ich habe ${callee || 'jemanden'} für Sie am Apparat.${said && ` Gesagt wurde: ${said}`} Ich verbinde.`,
  },
  es: {
    stillThere: '¿Sigue ahí?',
    giveUp: 'No le oigo, así que voy a terminar la llamada. Adiós.',
    tooLong: 'Lo siento, se nos ha acabado el tiempo. Gracias y adiós.',
    sorry: 'Lo siento, algo no funciona por nuestra parte. Volveremos a ponernos en contacto. Adiós.',
    optedOut: 'Le he quitado de nuestra lista. No le volveremos a llamar. Adiós.',
    notListed:
      'No veo su número, así que no puedo bloquearlo. Por favor, vuelva a llamar con el número visible. Adiós.',
    goodbye: 'Gracias por su tiempo. Adiós.',
    wrongNumber: 'Perdone, parece que me he equivocado de número. Adiós.',
    whoIsThis: (agent) => `Soy ${agent}.`,
    yesARobot: 'Soy una inteligencia artificial, no una persona.',
    fillers: ['Un momento.', 'Vamos a ver.', 'Un segundo.'],
    askWhen: '¿Cuándo puedo volver a llamarle?',
    confirm: (time) => `Le llamaría el ${time}. ¿Es correcto?`,
    confirmMoved: (time) => `A esa hora no puedo llamar, pero sí el ${time}. ¿Le parece bien?`,
    booked: (time) => `Bien, le llamaré el ${time}. Adiós.`,
    cannotBook: 'No puedo fijar una hora, así que lo intentaremos otro día. Adiós.',
    allRight: 'De acuerdo. ¿En qué más puedo ayudarle?',
    disclosure: 'Soy un asistente de inteligencia artificial.',
    recordingNotice: 'Esta llamada se está grabando.',
    notThere: 'Lo siento, nadie puede atenderle en este momento. ¿En qué más puedo ayudarle?',
    puttingThrough: 'Un momento, le paso.',
    handOver: ({ agent, callee, said }) =>
      `Soy ${agent}. Tengo a ${callee || 'una persona'} en la línea.${said && ` Ha dicho: ${said}`} Le paso la llamada.`,
  },
  fr: {
    stillThere: 'Vous êtes toujours là ?',
    giveUp: "Je ne vous entends pas, je vais donc terminer l'appel. Au revoir.",
    tooLong: 'Je suis désolé, notre temps est écoulé. Merci et au revoir.',
    sorry: 'Je suis désolé, quelque chose ne marche pas chez nous. Nous vous recontacterons. Au revoir.',
    optedOut: 'Je vous ai retiré de notre liste. Nous ne vous appellerons plus. Au revoir.',
    notListed:
      'Je ne vois pas votre numéro, je ne peux donc pas le bloquer. Merci de rappeler sans le masquer. Au revoir.',
    goodbye: 'Merci de votre temps. Au revoir.',
    wrongNumber: 'Excusez-moi, je dois avoir un mauvais numéro. Au revoir.',
    whoIsThis: (agent) => `C'est ${agent}.`,
    yesARobot: 'Je suis une intelligence artificielle, pas une personne.',
    fillers: ['Un instant.', 'Voyons.', 'Une seconde.'],
    askWhen: 'Quand puis-je vous rappeler ?',
    confirm: (time) => `Je vous rappellerais le ${time}. C'est bien cela ?`,
    confirmMoved: (time) => `Je ne peux pas appeler à ce moment, mais le ${time}. Cela vous convient ?`,
    booked: (time) => `Bien, je vous appellerai le ${time}. Au revoir.`,
    cannotBook: "Je ne peux pas fixer d'heure, nous réessaierons un autre jour. Au revoir.",
    allRight: "D'accord. Que puis-je faire d'autre pour vous ?",
    disclosure: "Je suis un assistant d'intelligence artificielle.",
    recordingNotice: 'Cet appel est enregistré.',
    notThere: "Je suis désolé, personne ne peut prendre votre appel. Que puis-je faire d'autre pour vous ?",
    puttingThrough: 'Un instant, je vous mets en relation.',
    handOver: ({ agent, callee, said }) =>
      `C'est ${agent}. J'ai ${callee || 'quelqu’un'} en ligne pour vous.${said && ` La personne a dit : ${said}`} Je vous mets en relation.`,
  },
};

/** The phrases of a call. */
export const phrasesFor = ({ language, hidden }: { language: Language; hidden?: boolean }): Phrases => {
  const phrases = phrasesOf[language];
  return hidden ? { ...phrases, optedOut: phrases.notListed } : phrases;
};
