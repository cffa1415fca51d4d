import { expect, test } from 'vitest';
import { answerClassifier, type AnswerEvent } from '../../../src/answer/classify.ts';
import { babble, inTurn, noiseOf, tone } from './signals.ts';

const quiet = noiseOf;
const sit = (first: number, second: number, third: number, ms: readonly number[], dbm0 = -24): Int16Array =>
  inTurn(quiet(300), ...[first, second, third].map((hz, i) => tone([hz], ms[i] ?? 0, dbm0)), quiet(400));

function listen(pcm: Int16Array, answered = true): AnswerEvent[] {
  const classifier = answerClassifier({ sampleRate: 8_000 });
  const told: AnswerEvent[] = [];
  for (let at = 0; at < pcm.length; at += 160) {
    told.push(...classifier.push({ type: 'audio', pcm: pcm.subarray(at, at + 160), answered }));
  }
  return [...told, ...classifier.flush()];
}

const verdicts = (told: readonly AnswerEvent[]): string[] =>
  told.flatMap((event) => (event.type === 'verdict' ? [event.class] : []));

const ring = inTurn(tone([440, 480], 2_000, -19), quiet(1_000));
const repeat = (times: number, ...parts: Int16Array[]): Int16Array =>
  inTurn(...Array.from({ length: times }, () => parts).flat());

test.each([
  ['Bellcore intercept', sit(913.8, 1370.6, 1776.7, [274, 274, 380]), 'sit_intercept'],
  ['Bellcore vacant', sit(985.2, 1370.6, 1776.7, [380, 274, 380]), 'sit_vacant'],
  ['Bellcore reorder', sit(913.8, 1428.5, 1776.7, [274, 380, 380]), 'sit_reorder'],
  ['Bellcore no circuit', sit(985.2, 1428.5, 1776.7, [380, 380, 380]), 'sit_no_circuit'],
  ['reorder between carriers', sit(985.2, 1370.6, 1776.7, [274, 380, 380]), 'sit_reorder'],
  ['no circuit between carriers', sit(913.8, 1370.6, 1776.7, [380, 380, 380]), 'sit_no_circuit'],
  ['the international SIT', sit(950, 1400, 1800, [330, 330, 330]), 'sit_reorder'],
  ['a SIT at -30 dBm0', sit(913.8, 1370.6, 1776.7, [274, 274, 380], -30), 'sit_intercept'],
  ['a fax (CED)', inTurn(quiet(500), tone([2100], 2_600, -13), quiet(100)), 'fax_modem'],
  ['a fax (CNG)', inTurn(quiet(500), tone([1100], 500, -13), quiet(500)), 'fax_modem'],
  ['a modem', inTurn(quiet(500), tone([2225], 1_000, -13)), 'fax_modem'],
  ['North American ringing', ring, 'ringback_after_answer'],
  [
    'British ringing',
    repeat(2, tone([400, 450], 400, -19), quiet(200), tone([400, 450], 400, -19), quiet(2_000)),
    'ringback_after_answer',
  ],
  ['German ringing', inTurn(tone([425], 1_000, -19), quiet(2_000)), 'ringback_after_answer'],
  ['North American busy', repeat(4, tone([480, 620], 500, -19), quiet(500)), 'busy_after_answer'],
  ['North American reorder', repeat(6, tone([480, 620], 250, -19), quiet(250)), 'busy_after_answer'],
  ['British busy', repeat(5, tone([400], 375, -19), quiet(375)), 'busy_after_answer'],
  ['French busy', repeat(4, tone([440], 500, -19), quiet(500)), 'busy_after_answer'],
  ['German congestion', repeat(6, tone([425], 240, -19), quiet(240)), 'busy_after_answer'],
  ['dial tone', tone([350, 440], 4_000, -19), 'busy_after_answer'],
  ['nothing', quiet(9_000), 'unknown,silence'],
  ['a short hello', inTurn(quiet(500), babble(540), quiet(1_500)), 'human'],
  ['a hello after three seconds', inTurn(quiet(3_200), babble(540), quiet(1_500)), 'unknown,human'],
  [
    'a person of one word, and long after it a busy tone',
    inTurn(quiet(500), babble(540), quiet(11_000), repeat(4, tone([480, 620], 500, -19), quiet(500))),
    'human,busy_after_answer',
  ],
  [
    'a person who talks, and whatever sounds behind them later',
    inTurn(
      quiet(500),
      babble(540),
      quiet(9_000),
      babble(1_500),
      quiet(1_000),
      repeat(4, tone([480, 620], 500, -19), quiet(500)),
      sit(913.8, 1370.6, 1776.7, [274, 274, 380]),
    ),
    'human',
  ],
  [
    'a greeting and a beep',
    inTurn(quiet(500), babble(7_200), quiet(300), tone([1000], 400, -15), quiet(300)),
    'voicemail',
  ],
])('%s', (_, pcm, expected) => {
  expect(verdicts(listen(pcm)).join(',')).toBe(expected);
});

test('a beep after a short greeting overrules what the voice said', () => {
  const told = listen(inTurn(quiet(500), babble(1_260), quiet(600), tone([850], 250, -15), quiet(300)));
  expect(verdicts(told).at(-1)).toBe('voicemail');
});

test('a SIT in early media gives a verdict, ringing there does not', () => {
  expect(verdicts(listen(sit(985.2, 1370.6, 1776.7, [380, 274, 380]), false))).toEqual(['sit_vacant']);
  expect(listen(ring, false)).toEqual([]);
});

test.each([
  [440, 250],
  [691, 400],
  [1000, 70],
  [1400, 1_000],
  [2000, 1_500],
])('a beep of %i Hz and %i ms is told within 100 ms of its end', (hz, ms) => {
  const told = listen(inTurn(babble(1_800), quiet(300), tone([hz], ms, -20), quiet(500)));
  const beep = told.find((event) => event.type === 'beep');
  expect(beep?.hz).toBeCloseTo(hz, -1);
  expect(Math.abs((beep?.endedMs ?? 0) - (2_100 + ms))).toBeLessThanOrEqual(20);
  expect((beep?.atMs ?? Infinity) - (2_100 + ms)).toBeLessThanOrEqual(100);
});

test.each([
  ['DTMF 5', [770, 1336]],
  ['DTMF 1', [697, 1209]],
  ['North American ringing', [440, 480]],
  ['British ringing', [400, 450]],
])('%s is no beep', (_, hz) => {
  const told = listen(inTurn(babble(1_800), quiet(300), tone(hz, 200, -12), quiet(500)));
  expect(told.filter((event) => event.type === 'beep')).toEqual([]);
});

test('the turn comes after a verdict and a pause, again after each time the far end has spoken', () => {
  const told = listen(inTurn(quiet(300), babble(540), quiet(1_500), babble(720), quiet(1_000)));
  expect(told.map((event) => event.type)).toEqual(['verdict', 'turn', 'turn']);
});

test('words overrule the voice, and are kept as evidence', () => {
  const classifier = answerClassifier({ sampleRate: 8_000 });
  classifier.push({ type: 'audio', pcm: inTurn(babble(900), quiet(600)), answered: true });
  const [verdict] = classifier.push({
    type: 'words',
    text: 'Please record your name and reason for calling',
  });
  expect(verdict).toMatchObject({ class: 'call_screening', evidence: { because: 'words' } });
});

test('words count for as long as a greeting may last', () => {
  const classifier = answerClassifier({ sampleRate: 8_000 });
  classifier.push({ type: 'audio', pcm: inTurn(quiet(500), babble(540), quiet(39_500)), answered: true });
  expect(classifier.push({ type: 'words', text: 'Would you like to leave a message?' })).toEqual([]);
});

test('16 kHz frames of 20 ms give what 8 kHz gives', () => {
  const classifier = answerClassifier();
  const told: AnswerEvent[] = [];
  for (let at = 0; at < 8_000 * 3; at += 160) {
    const frame = Int16Array.from(
      { length: 320 },
      (_, i) => 9_000 * Math.sin((2 * Math.PI * 2_100 * (at * 2 + i)) / 16_000),
    );
    told.push(...classifier.push({ type: 'audio', pcm: frame, answered: true }));
  }
  expect(verdicts(told)).toEqual(['fax_modem']);
});
