/** How a carrier bills: at least `minimumS`, then in steps of `incrementS`, per minute of talk. */
export interface Tariff {
  readonly costPerMinute: number;
  readonly minimumS: number;
  readonly incrementS: number;
}

/** Billed seconds of an answered call and their cost in the trunk's currency, to a millionth. */
export function bill(tariff: Tariff, talkMs: number): { readonly billedS: number; readonly cost: number } {
  if (talkMs <= 0) return { billedS: 0, cost: 0 };
  const steps = Math.ceil(talkMs / 1000 / tariff.incrementS);
  const billedS = Math.max(tariff.minimumS, steps * tariff.incrementS);
  return { billedS, cost: Math.round((billedS * tariff.costPerMinute * 1e6) / 60) / 1e6 };
}
