import { describe, expect, test } from 'vitest';
import { type Dialog, type Scene, scripted } from '../../../src/conversation/script.ts';
import { defaultWindows } from '../../../src/schedule/windows.ts';

/** Tuesday, ten to eleven in London. */
const now = new Date('2026-11-24T10:50:00Z');
const scene: Scene = {
  language: 'en',
  agentName: 'Anna',
  disclosure: 'I am the AI assistant of Harbour Dental.',
  windows: defaultWindows,
  zones: ['Europe/London'],
  now,
};
const free: Dialog = { state: 'free' };
const at = new Date('2026-11-25T15:00:00Z');
const confirming: Dialog = { state: 'confirming', at };
const asking: Dialog = { state: 'asking', times: 1 };

describe('without a model', () => {
  test.each([
    ['Take me off your list.', /not call you again/, true],
    ['Bye.', /Goodbye/, true],
    ['You have the wrong number.', /wrong number/, true],
    ['Who is this?', /^This is Anna\. I am the AI assistant of Harbour Dental\.$/, false],
    ['Are you a robot?', /^I am an AI, not a human being\. I am the AI assistant/, false],
  ])('%s', (text, say, last) => {
    expect(scripted(text, free, scene)).toMatchObject({
      say: expect.stringMatching(say),
      last,
      dialog: free,
    });
  });

  test.each(['Yes, that suits me.', 'Where can I park?', 'Tuesday at ten is fine.'])(
    '%s is for the model',
    (text) => {
      expect(scripted(text, free, scene)).toBeNull();
    },
  );
});

describe('who has rung us', () => {
  const inbound = { ...scene, inbound: true };

  test.each(['You have the wrong number.', 'Can you call me back tomorrow at three?'])(
    '%s is for the model: there was no call of ours, and there is no lead to call',
    (text) => {
      expect(scripted(text, free, inbound)).toBeNull();
    },
  );

  test.each([
    [false, /not call you again/],
    [true, /can't see your number/],
  ])('is promised no more calls only where a number is shown (hidden: %s)', (hidden, say) => {
    expect(scripted('Take me off your list.', free, { ...inbound, hidden })).toMatchObject({
      say: expect.stringMatching(say),
      agreement: { type: 'neverAgain' },
    });
  });
});

test('an opt-out is agreed with the words that asked for it', () => {
  expect(scripted('Take me off your list.', confirming, scene)?.agreement).toEqual({
    type: 'neverAgain',
    said: 'Take me off your list.',
  });
});

const steps: readonly [string, Dialog, string, { dialog: Dialog; agreement: Date | null; last: boolean }][] =
  [
    ['no time', free, 'Can you call me back later?', { dialog: asking, agreement: null, last: false }],
    ['a time', free, 'Call me back tomorrow at three.', { dialog: confirming, agreement: null, last: false }],
    ['a time at last', asking, 'Tomorrow at 3 pm.', { dialog: confirming, agreement: null, last: false }],
    ['yes', confirming, "Yes, that's right.", { dialog: free, agreement: at, last: true }],
    ['yes and goodbye', confirming, 'Yes, thank you, goodbye.', { dialog: free, agreement: at, last: true }],
    ['goodbye, and no yes', confirming, 'Good bye.', { dialog: free, agreement: null, last: true }],
    ['no', confirming, 'No, not then.', { dialog: asking, agreement: null, last: false }],
    [
      'yes, but another time',
      confirming,
      'Yes, or Thursday at 9 am.',
      { dialog: { state: 'confirming', at: new Date('2026-11-26T09:00:00Z') }, agreement: null, last: false },
    ],
    [
      'another subject',
      confirming,
      'Where can I park?',
      { dialog: { state: 'asking', times: 1 }, agreement: null, last: false },
    ],
    ['never mind', asking, 'No, never mind.', { dialog: free, agreement: null, last: false }],
    [
      'no sense again',
      { state: 'asking', times: 2 },
      'Whenever.',
      { dialog: free, agreement: null, last: true },
    ],
  ];
test.each(steps)('a callback: %s', (_name, dialog, text, expected) => {
  const step = scripted(text, dialog, scene);
  const agreement = step?.agreement?.type === 'callback' ? step.agreement.at : null;
  expect({ dialog: step?.dialog, agreement, last: step?.last }).toEqual(expected);
});

test('I3: a time outside the calling window is moved into it, and said', () => {
  const step = scripted('Call me back on Sunday at 3 pm.', free, scene);
  expect(step).toMatchObject({
    dialog: { state: 'confirming', at: new Date('2026-11-30T09:00:00Z') },
    say: "I can't call at that time, but I could on Monday 30 November at 9 am. Is that all right?",
  });
});

test.each([[[]], [['America/New_York', 'America/Los_Angeles']]])(
  'nothing is promised in the zones %j',
  (zones) => {
    expect(scripted('Call me back tomorrow at three.', free, { ...scene, zones })).toMatchObject({
      agreement: null,
      last: true,
    });
  },
);
