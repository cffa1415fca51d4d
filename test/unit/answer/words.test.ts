import { expect, test } from 'vitest';
import { tellingPhrase } from '../../../src/answer/words.ts';

test.each([
  ['Please leave a message after the tone.', 'voicemail'],
  ["Hi, this is Tom, I can't come to the phone right now.", 'voicemail'],
  ['Bitte hinterlassen Sie eine Nachricht nach dem Signalton.', 'voicemail'],
  ['Ich bin zurzeit leider nicht erreichbar.', 'voicemail'],
  ['Por favor, deje su mensaje después de la señal.', 'voicemail'],
  ['Bonjour, laissez-moi un message après le bip.', 'voicemail'],
  ['The mailbox is full and cannot accept any messages.', 'mailbox_full'],
  ['Die Mailbox ist leider voll.', 'mailbox_full'],
  ['El buzón está lleno.', 'mailbox_full'],
  ['La messagerie de votre correspondant est pleine.', 'mailbox_full'],
  [
    'Hi, if you record your name and reason for calling, I will see if this person is available.',
    'call_screening',
  ],
  ['At the tone, please say your name.', 'call_screening'],
  ['The party you are trying to reach does not accept unidentified calls.', 'call_screening'],
  ['Thank you. Please hold while I attempt to connect you with your party.', 'call_screening'],
  ['Bitte nennen Sie Ihren Namen und den Grund Ihres Anrufs.', 'call_screening'],
  ['For sales, press one. For support, press two.', 'ivr'],
  ['Für den Kundendienst drücken Sie die Zwei.', 'ivr'],
  ['Para español, marque el dos.', 'ivr'],
  ['Pour le service client, tapez un.', 'ivr'],
  ['The number you have dialed is not in service.', 'sit_vacant'],
  ['Kein Anschluss unter dieser Nummer.', 'sit_vacant'],
  ['All circuits are busy now, please try again later.', 'sit_no_circuit'],
  ['Hello?', undefined],
  ['Good morning, Miller and Sons, Anna speaking, how can I help you?', undefined],
  ['Schmidt, guten Tag.', undefined],
  ['She is in a meeting, can I take a message for her?', undefined],
  ['', undefined],
])('%s', (text, expected) => {
  expect(tellingPhrase(text)?.class).toBe(expected);
});
