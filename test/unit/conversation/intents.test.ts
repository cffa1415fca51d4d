import { describe, expect, test } from 'vitest';
import { type Intent, type Language, intentOf, languageOf } from '../../../src/conversation/intents.ts';

type Said = Readonly<Record<Intent | 'none', readonly string[]>>;

const said: Readonly<Record<Language, Said>> = {
  en: {
    optOut: [
      'Please take me off your list.',
      'Take me off your list!',
      'Can you take us off of your calling list?',
      'Remove me from your database, please.',
      'Please remove my number.',
      "Don't call me again.",
      'Do not ever call here.',
      'Never call me again.',
      'I told you not to call me.',
      'Stop calling me.',
      'Would you please stop calling?',
      "I don't want any more calls.",
      "I don't want to be called.",
      'No more calls, please.',
      'Put me on the do not call list.',
      "I'd like to opt out.",
      'Lose my number.',
      'Just leave me alone.',
      'Yes, but please take me off this list.',
      'Goodbye, and never call me again.',
    ],
    wrongNumber: [
      'You have the wrong number.',
      'Sorry, wrong person.',
      'There is nobody by that name here.',
      "He doesn't live here.",
      "That's not me.",
    ],
    areYouARobot: [
      'Are you a robot?',
      'Am I talking to a real person?',
      'Is this a recording?',
      'Are you human?',
      'Wait, are you an AI?',
      'Is this an automated call?',
    ],
    whoIsThis: [
      'Who is this?',
      "Who's calling, please?",
      'Who am I speaking to?',
      'Where are you calling from?',
      "What's this about?",
    ],
    callback: [
      'Can you call me back tomorrow at three?',
      'Call again later.',
      "It's a bad time.",
      "I'm driving right now.",
      'Ring me on Thursday.',
    ],
    goodbye: [
      'Bye.',
      'Okay, thank you, goodbye.',
      'Thank you. Bye-bye.',
      'Thanks, bye.',
      'Have a nice day!',
      'Yes. Thank you. Bye.',
    ],
    none: [
      'Yes, that suits me.',
      "I'll stop by tomorrow.",
      'Can I stop by your office?',
      "Don't call me before ten.",
      'Is that on your list?',
      'I was taking off my shoes.',
      'I will take it off the list of things to do at home.',
      'You can call it whatever you like.',
      'What number did I give you?',
      'I never miss a call.',
      'Who is the dentist on Tuesday?',
      'I was a robot engineer.',
      'When I call in the morning nobody answers.',
      'Is Monday a good time?',
      'Do I need to say goodbye to my free slot?',
      'No.',
      '',
    ],
  },
  de: {
    optOut: [
      'Bitte rufen Sie mich nicht mehr an.',
      'Rufen Sie hier nie wieder an!',
      'Ich möchte nicht mehr angerufen werden.',
      'Keine weiteren Anrufe.',
      'Löschen Sie bitte meine Nummer.',
      'Nehmen Sie mich von Ihrer Liste.',
      'Lassen Sie mich in Ruhe.',
    ],
    wrongNumber: ['Sie sind falsch verbunden.', 'Das ist die falsche Nummer.', 'Der wohnt hier nicht.'],
    areYouARobot: ['Sind Sie ein Roboter?', 'Spreche ich mit einem Menschen?', 'Ist das ein Computer?'],
    whoIsThis: ['Wer ist da?', 'Mit wem spreche ich?', 'Worum geht es?'],
    callback: ['Rufen Sie mich bitte morgen zurück.', 'Das ist gerade ungünstig.'],
    goodbye: ['Tschüss.', 'Danke, auf Wiederhören.'],
    none: [
      'Ja, das passt mir.',
      'Ich rufe nicht mehr so oft an.',
      'Steht das auf der Liste?',
      'Wo kann ich parken?',
    ],
  },
  es: {
    optOut: [
      'No me llame más.',
      'Por favor, no me vuelva a llamar.',
      'Deje de llamarme.',
      'Quíteme de su lista.',
      'No quiero recibir más llamadas.',
    ],
    wrongNumber: ['Número equivocado.'],
    areYouARobot: ['¿Es usted un robot?', '¿Hablo con una persona?'],
    whoIsThis: ['¿Quién es?', '¿Con quién hablo?', '¿De qué se trata?'],
    callback: ['Llámeme mañana.', 'Es mal momento.'],
    goodbye: ['Gracias, adiós.', 'Hasta luego.'],
    none: ['Sí, me viene bien.', 'No me llamo Juan.', '¿Está en la lista?'],
  },
  fr: {
    optOut: [
      "Ne m'appelez plus.",
      'Arrêtez de me déranger.',
      'Retirez-moi de votre liste.',
      'Supprimez mon numéro.',
      'Laissez-moi tranquille.',
    ],
    wrongNumber: ['Vous avez un mauvais numéro.'],
    areYouARobot: ['Êtes-vous un robot ?', 'Je parle à une machine ?'],
    whoIsThis: ["Qui est à l'appareil ?", 'Qui êtes-vous ?', "C'est à quel sujet ?"],
    callback: ['Rappelez-moi demain.', "Ce n'est pas le bon moment."],
    goodbye: ['Merci, au revoir.', 'Bonne journée !'],
    none: ['Oui, ça me va.', "Je m'appelle Paul.", 'Où puis-je me garer ?'],
  },
};

describe.each(Object.entries(said))('%s', (language, table) => {
  const cases = Object.entries(table).flatMap(([intent, texts]) => texts.map((text) => ({ text, intent })));
  test.each(cases)('$text → $intent', ({ text, intent }) => {
    expect(intentOf(text, language as Language)).toBe(intent === 'none' ? null : intent);
  });
});

test.each([
  ['en-GB', 'en'],
  ['de', 'de'],
  ['fr-CA', 'fr'],
  ['pl', 'en'],
])('%s is understood with the words of %s', (tag, language) => {
  expect(languageOf(tag)).toBe(language);
});
