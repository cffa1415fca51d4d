import type { Disposition } from '../../src/call/disposition.ts';

/** Somebody whom the agent talks to: what they say, and what must come of it. */
export interface Callee {
  readonly firstName: string;
  readonly lastName: string;
  /** Ends in 70 or 72, for a callee who waits long or shortly before they talk. */
  readonly number: string;
  /** One a turn. */
  readonly sentences: readonly string[];
  /** What they do, after their name. */
  readonly does: string;
  readonly dispositions: readonly Disposition[];
  /** What the agent must have said; what its model says is its own, and is not held against anything. */
  readonly hears?: RegExp;
  /** Where in the agent's documents an answer must come from. */
  readonly from?: string;
}

/** Where the numbers of all of them are. */
export const CALLEES_ZONE = 'Europe/London';

/** The model reads an answered call again afterwards and may find a better word for it, or not yet have. */
const answered = ['answered', 'interested', 'refused', 'callback_wanted', 'wrong_person'] as const;

/** The conversation of the first is shown: they wait for an answer that a slow machine takes its time for. */
export const callees: readonly Callee[] = [
  {
    firstName: 'Clara',
    lastName: 'Webb',
    number: '+441134960570',
    sentences: ['Hello?', 'Where can I park my car?', 'Yes, that suits me, thank you, goodbye.'],
    does: 'asks where to park, and confirms',
    dispositions: answered,
    from: 'Harbour Dental › Parking',
  },
  {
    firstName: 'Tom',
    lastName: 'Archer',
    number: '+441134960172',
    sentences: ['Hello?', 'Can you call me back tomorrow at three pm?', "Yes, that's right."],
    does: 'asks to be called tomorrow at three',
    dispositions: ['callback'],
    hears: /I would call you back on .* at 3 pm\. Is that right\?.*Good, I will call you/,
  },
  {
    firstName: 'Ruth',
    lastName: 'Keller',
    number: '+441134960072',
    sentences: ['Hello?', 'Please take me off your list.'],
    does: 'wants no more calls',
    dispositions: ['dnc_request'],
    hears: /I have taken you off our list\. We will not call you again\./,
  },
  {
    firstName: 'Paul',
    lastName: 'Winter',
    number: '+441134960272',
    sentences: ['Hello?', 'Sorry, who is this?', 'Okay, goodbye.'],
    does: 'asks who is calling',
    dispositions: answered,
    hears: /This is Anna\. I am the AI assistant of Harbour Dental\./,
  },
  {
    firstName: 'June',
    lastName: 'Foster',
    number: '+441134960672',
    sentences: ['Hello?', 'You have the wrong number.'],
    does: 'is somebody else',
    dispositions: ['wrong_person'],
    hears: /I seem to have the wrong number/,
  },
];

/** What the agent knows beside its persona. */
export const practice = `# Harbour Dental

## Parking

Parking is free behind the house, in Quay Street.

## Bus

The bus stops at the harbour, two minutes away.

## Paying

We take cash and all cards. Your insurance pays for most treatments.
`;
