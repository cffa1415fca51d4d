/** Trains the small network of `src/answer/model.ts`: two hidden layers, Adam, the same result for the same seed. */
import type { Weights } from '../../src/answer/model.ts';
import { randomOf, type Random } from './random.ts';

/** A row of features with what it should give and how much it counts. */
export interface Example {
  readonly row: Float32Array;
  readonly target: number;
  readonly weight: number;
}

interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly weights: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly out: Float64Array;
  readonly error: Float64Array;
}

const BATCH = 256;
const DECAY = 2e-5;
const BLUR = 0.12;

/** Fits the network; `report` hears the mean loss of each epoch. */
export function trainNetwork(
  examples: readonly Example[],
  { hidden, epochs, rate, seed }: { hidden: readonly number[]; epochs: number; rate: number; seed: string },
  report: (epoch: number, loss: number) => void,
): Weights {
  const random = randomOf(seed);
  const { mean, scale } = spread(examples);
  const inputs = examples.map(({ row }) =>
    Float64Array.from(row, (value, i) => (value - (mean[i] ?? 0)) / (scale[i] ?? 1)),
  );
  const sizes = [mean.length, ...hidden, 1];
  const layers = sizes.slice(1).map((outputs, i): Layer => {
    const from = sizes[i] ?? 0;
    const count = outputs * (from + 1);
    const weights = Float64Array.from({ length: count }, (_, at) =>
      at % (from + 1) === from ? 0 : random.normal() / Math.sqrt(from),
    );
    const blank = (): Float64Array => new Float64Array(count);
    return {
      inputs: from,
      outputs,
      weights,
      gradient: blank(),
      first: blank(),
      second: blank(),
      out: new Float64Array(outputs),
      error: new Float64Array(outputs),
    };
  });

  const input = new Float64Array(mean.length);
  const order = Uint32Array.from(examples, (_, i) => i);
  let step = 0;
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    shuffle(order, (below) => random.integer(below));
    let loss = 0;
    for (let start = 0; start < order.length; start += BATCH) {
      const batch = order.subarray(start, start + BATCH);
      for (const at of batch) {
        const example = examples[at];
        if (!example) continue;
        blur(input, inputs[at] ?? input, random);
        loss += example.weight * learn(layers, input, example);
      }
      step += 1;
      // the rate falls along half a cosine
      const now = rate * 0.5 * (1 + Math.cos((Math.PI * step * BATCH) / (epochs * order.length)));
      for (const layer of layers) adam(layer, now, step, batch.length);
    }
    report(epoch, loss / examples.length);
  }
  return {
    mean: mean.map(round),
    scale: scale.map(round),
    layers: layers.map(({ inputs, outputs, weights }) => ({
      inputs,
      outputs,
      weights: Array.from(weights, round),
    })),
  };
}

const round = (value: number): number => Number(value.toPrecision(4));

/** A little noise on the features keeps the network from learning single recordings by heart. */
function blur(into: Float64Array, row: Float64Array, random: Random): void {
  for (let i = 0; i < into.length; i += 1) into[i] = (row[i] ?? 0) + BLUR * random.normal();
}

/** One example forth and back; adds to the gradients and returns the loss. */
function learn(layers: readonly Layer[], input: Float64Array, { target, weight }: Example): number {
  let from = input;
  for (const layer of layers) {
    for (let o = 0; o < layer.outputs; o += 1) {
      const base = o * (layer.inputs + 1);
      let sum = layer.weights[base + layer.inputs] ?? 0;
      for (let i = 0; i < layer.inputs; i += 1) sum += (layer.weights[base + i] ?? 0) * (from[i] ?? 0);
      layer.out[o] = layer === layers.at(-1) ? 1 / (1 + Math.exp(-sum)) : Math.tanh(sum);
    }
    from = layer.out;
  }
  const answer = Math.min(1 - 1e-7, Math.max(1e-7, from[0] ?? 0.5));
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const layer = layers[at];
    const above = layers[at + 1];
    if (!layer) continue;
    for (let o = 0; o < layer.outputs; o += 1) {
      let error = weight * (answer - target);
      if (above) {
        error = 0;
        for (let next = 0; next < above.outputs; next += 1)
          error += (above.error[next] ?? 0) * (above.weights[next * (above.inputs + 1) + o] ?? 0);
        error *= 1 - (layer.out[o] ?? 0) ** 2;
      }
      layer.error[o] = error;
    }
    const below = layers[at - 1]?.out ?? input;
    for (let o = 0; o < layer.outputs; o += 1) {
      const base = o * (layer.inputs + 1);
      const error = layer.error[o] ?? 0;
      for (let i = 0; i < layer.inputs; i += 1)
        layer.gradient[base + i] = (layer.gradient[base + i] ?? 0) + error * (below[i] ?? 0);
      layer.gradient[base + layer.inputs] = (layer.gradient[base + layer.inputs] ?? 0) + error;
    }
  }
  return -(target * Math.log(answer) + (1 - target) * Math.log(1 - answer));
}

function adam({ weights, gradient, first, second }: Layer, rate: number, step: number, batch: number): void {
  for (let i = 0; i < weights.length; i += 1) {
    const slope = (gradient[i] ?? 0) / batch + DECAY * (weights[i] ?? 0);
    const m = 0.9 * (first[i] ?? 0) + 0.1 * slope;
    const v = 0.999 * (second[i] ?? 0) + 0.001 * slope * slope;
    first[i] = m;
    second[i] = v;
    gradient[i] = 0;
    weights[i] =
      (weights[i] ?? 0) - (rate * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
  }
}

function spread(examples: readonly Example[]): { mean: number[]; scale: number[] } {
  const width = examples[0]?.row.length ?? 0;
  const mean: number[] = [];
  const scale: number[] = [];
  for (let i = 0; i < width; i += 1) {
    let sum = 0;
    let squares = 0;
    for (const { row } of examples) {
      sum += row[i] ?? 0;
      squares += (row[i] ?? 0) ** 2;
    }
    mean.push(sum / examples.length);
    scale.push(Math.sqrt(Math.max(1e-6, squares / examples.length - (sum / examples.length) ** 2)));
  }
  return { mean, scale };
}

function shuffle(order: Uint32Array, integer: (below: number) => number): void {
  for (let i = order.length - 1; i > 0; i -= 1) {
    const j = integer(i + 1);
    [order[i], order[j]] = [order[j] ?? 0, order[i] ?? 0];
  }
}
