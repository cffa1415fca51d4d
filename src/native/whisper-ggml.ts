import type { Tensor } from './ct2.ts';
import { melFilters } from './mel.ts';

const MAGIC = 0x67_67_6d_6c;
const AUDIO_CONTEXT = 1_500;
const TEXT_CONTEXT = 448;
const F32 = 0;
const F16 = 1;

type Variables = ReadonlyMap<string, Tensor>;

/**
 * A Whisper model of CTranslate2 (float16) as the file that whisper.cpp reads, in pieces to be written in order.
 * Nothing is lost: OpenAI's checkpoints are float16 too. `vocabulary` has a token per line, in GPT-2's byte letters.
 */
export function* whisperGgml(model: Variables, vocabulary: string): Generator<Uint8Array> {
  const [tokens = 0, width = 0] = variable(model, 'decoder/embeddings/weight').shape;
  const heads = Number(variable(model, 'encoder/num_heads').values[0]);
  const layers = countLayers(model, 'encoder');
  const mel = melFilters();
  yield int32(
    MAGIC,
    tokens,
    AUDIO_CONTEXT,
    width,
    heads,
    layers,
    TEXT_CONTEXT,
    width,
    heads,
    layers,
    mel.bands,
    F16,
  );
  yield int32(mel.bands, mel.bins);
  yield bytesOf(mel.weights);

  const words = readWords(vocabulary);
  yield int32(words.length);
  for (const word of words) {
    yield int32(word.length);
    yield word;
  }

  for (const [name, tensor] of checkpoint(model, width)) yield* writeTensor(name, tensor);
}

/** The variables under the names and in the shapes of OpenAI's checkpoint. */
function* checkpoint(model: Variables, width: number): Generator<[string, Tensor]> {
  const whole = function* (name: string, path: string): Generator<[string, Tensor]> {
    yield [`${name}.weight`, variable(model, `${path}/weight`)];
    yield [`${name}.bias`, variable(model, `${path}/bias`)];
  };
  const norm = function* (name: string, path: string): Generator<[string, Tensor]> {
    yield [`${name}.weight`, variable(model, `${path}/gamma`)];
    yield [`${name}.bias`, variable(model, `${path}/beta`)];
  };
  /** Undoes the stacking of projections in one matrix. Whisper's keys have no bias; CTranslate2 stores zeros. */
  const stacked = function* (path: string, names: readonly string[]): Generator<[string, Tensor]> {
    for (const [index, name] of names.entries()) {
      yield [`${name}.weight`, rows(variable(model, `${path}/weight`), index * width, width)];
      if (!name.endsWith('key'))
        yield [`${name}.bias`, rows(variable(model, `${path}/bias`), index * width, width)];
    }
  };

  for (const side of ['encoder', 'decoder']) {
    yield [`${side}.positional_embedding`, variable(model, `${side}/position_encodings/encodings`)];
    for (let i = 0; i < countLayers(model, side); i += 1) {
      const block = `${side}.blocks.${i}`;
      const layer = `${side}/layer_${i}`;
      const self = [`${block}.attn.query`, `${block}.attn.key`, `${block}.attn.value`];
      yield* stacked(`${layer}/self_attention/linear_0`, self);
      yield* whole(`${block}.attn.out`, `${layer}/self_attention/linear_1`);
      yield* norm(`${block}.attn_ln`, `${layer}/self_attention/layer_norm`);
      if (side === 'decoder') {
        yield* whole(`${block}.cross_attn.query`, `${layer}/attention/linear_0`);
        yield* stacked(`${layer}/attention/linear_1`, [
          `${block}.cross_attn.key`,
          `${block}.cross_attn.value`,
        ]);
        yield* whole(`${block}.cross_attn.out`, `${layer}/attention/linear_2`);
        yield* norm(`${block}.cross_attn_ln`, `${layer}/attention/layer_norm`);
      }
      yield* whole(`${block}.mlp.0`, `${layer}/ffn/linear_0`);
      yield* whole(`${block}.mlp.2`, `${layer}/ffn/linear_1`);
      yield* norm(`${block}.mlp_ln`, `${layer}/ffn/layer_norm`);
    }
  }
  yield* whole('encoder.conv1', 'encoder/conv1');
  yield* whole('encoder.conv2', 'encoder/conv2');
  yield* norm('encoder.ln_post', 'encoder/layer_norm');
  yield ['decoder.token_embedding.weight', variable(model, 'decoder/embeddings/weight')];
  yield* norm('decoder.ln', 'decoder/layer_norm');
}

/** whisper.cpp keeps vectors, positions and the convolutions' biases in 32 bits, all matrices in 16. */
function* writeTensor(name: string, tensor: Tensor): Generator<Uint8Array> {
  const sizes = tensor.shape.filter((size) => size > 1);
  const shape = /^encoder\.conv\d\.bias$/.test(name) ? [...sizes, 1] : sizes;
  const single = sizes.length < 2 || name.endsWith('positional_embedding');
  yield int32(shape.length, name.length, single ? F32 : F16, ...shape.toReversed());
  yield new TextEncoder().encode(name);
  yield bytesOf(single ? new Float32Array(tensor.values) : new Float16Array(tensor.values));
}

function variable(model: Variables, name: string): Tensor {
  const tensor = model.get(name);
  if (!tensor) throw new Error(`the Whisper model lacks ${name}`);
  return tensor;
}

function countLayers(model: Variables, side: string): number {
  let layers = 0;
  while (model.has(`${side}/layer_${layers}/ffn/linear_0/weight`)) layers += 1;
  return layers;
}

function rows({ shape: [, ...rest], values }: Tensor, first: number, count: number): Tensor {
  const size = rest.reduce((product, length) => product * length, 1);
  return { shape: [count, ...rest], values: values.subarray(first * size, (first + count) * size) };
}

/** The words before the special tokens, in bytes: GPT-2 writes each byte as a letter that can be printed. */
function readWords(vocabulary: string): Uint8Array[] {
  const byteOf = new Map<string, number>();
  let beyond = 256;
  for (let byte = 0; byte < 256; byte += 1) {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    byteOf.set(String.fromCodePoint(printable ? byte : beyond++), byte);
  }
  const lines = vocabulary.split('\n');
  return lines
    .slice(0, lines.indexOf('<|endoftext|>'))
    .map((word) => Uint8Array.from(word, (letter) => byteOf.get(letter) ?? 0));
}

function int32(...values: number[]): Uint8Array {
  return bytesOf(Int32Array.from(values));
}

function bytesOf(values: Int32Array | Float32Array | Float16Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
