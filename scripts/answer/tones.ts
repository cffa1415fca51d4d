/** Network tones: special information tones, ringing and busy signals of several countries (ITU-T E.180 supplement 2). */

/** A rhythm of tones: on, off, on, off … in ms. */
export interface Cadence {
  readonly country: string;
  readonly hz: readonly number[];
  readonly rhythmMs: readonly number[];
}

export const RINGBACK: readonly Cadence[] = [
  { country: 'us', hz: [440, 480], rhythmMs: [2_000, 4_000] },
  { country: 'gb', hz: [400, 450], rhythmMs: [400, 200, 400, 2_000] },
  { country: 'de', hz: [425], rhythmMs: [1_000, 4_000] },
  { country: 'fr', hz: [440], rhythmMs: [1_500, 3_500] },
  { country: 'es', hz: [425], rhythmMs: [1_500, 3_000] },
  { country: 'it', hz: [425], rhythmMs: [1_000, 4_000] },
  { country: 'au', hz: [400, 450], rhythmMs: [400, 200, 400, 2_000] },
];

export const BUSY: readonly Cadence[] = [
  { country: 'us busy', hz: [480, 620], rhythmMs: [500, 500] },
  { country: 'us reorder', hz: [480, 620], rhythmMs: [250, 250] },
  { country: 'gb busy', hz: [400], rhythmMs: [375, 375] },
  { country: 'de busy', hz: [425], rhythmMs: [480, 480] },
  { country: 'de congestion', hz: [425], rhythmMs: [240, 240] },
  { country: 'fr busy', hz: [440], rhythmMs: [500, 500] },
  { country: 'es busy', hz: [425], rhythmMs: [200, 200] },
  { country: 'it busy', hz: [425], rhythmMs: [500, 500] },
];

interface SitTone {
  readonly segments: readonly (readonly [hz: number, ms: number])[];
  readonly gapMs: number;
}

const bellcore = (first: number, firstMs: number, second: number, secondMs: number): SitTone => ({
  segments: [
    [first, firstMs],
    [second, secondMs],
    [1776.7, 380],
  ],
  gapMs: 2,
});

/** Bellcore's sets, within and between carriers; the international one is heard as the mildest, a reorder. */
export const SIT: Readonly<
  Record<'sit_intercept' | 'sit_vacant' | 'sit_reorder' | 'sit_no_circuit', readonly SitTone[]>
> = {
  sit_intercept: [bellcore(913.8, 274, 1370.6, 274)],
  sit_vacant: [bellcore(985.2, 380, 1370.6, 274)],
  sit_reorder: [
    bellcore(913.8, 274, 1428.5, 380),
    bellcore(985.2, 274, 1370.6, 380),
    {
      segments: [
        [950, 330],
        [1400, 330],
        [1800, 330],
      ],
      gapMs: 15,
    },
  ],
  sit_no_circuit: [bellcore(985.2, 380, 1428.5, 380), bellcore(913.8, 380, 1370.6, 380)],
};
