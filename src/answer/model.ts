/** A network of two hidden layers, as `scripts/answer/train.ts` writes it; each layer's rows end with their bias. */
export interface Weights {
  readonly mean: readonly number[];
  readonly scale: readonly number[];
  readonly layers: readonly {
    readonly inputs: number;
    readonly outputs: number;
    readonly weights: readonly number[];
  }[];
}

/** Makes the function that gives the probability that the voice with these features is a person's, not a recording's. */
export function humanModel({ mean, scale, layers }: Weights): (features: Float32Array) => number {
  const widest = Math.max(mean.length, ...layers.map(({ outputs }) => outputs));
  let from = new Float64Array(widest);
  let to = new Float64Array(widest);
  return (features) => {
    for (let i = 0; i < mean.length; i += 1) {
      from[i] = (compress(features[i] ?? 0) - (mean[i] ?? 0)) / (scale[i] ?? 1);
    }
    layers.forEach(({ inputs, outputs, weights }, depth) => {
      for (let o = 0; o < outputs; o += 1) {
        const base = o * (inputs + 1);
        let sum = weights[base + inputs] ?? 0;
        for (let i = 0; i < inputs; i += 1) sum += (weights[base + i] ?? 0) * (from[i] ?? 0);
        to[o] = depth === layers.length - 1 ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
      }
      [from, to] = [to, from];
    });
    return from[0] ?? 0.5;
  };
}

/** Durations matter by ratio: a second more counts little after ten. */
export function compress(value: number): number {
  return Math.sign(value) * Math.log1p(4 * Math.abs(value));
}
