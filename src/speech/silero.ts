import { InferenceSession, Tensor } from 'onnxruntime-node';
import { SPEECH_RATE } from '../audio/format.ts';
import { framer } from '../audio/frames.ts';
import { rmsDbfs } from '../audio/levels.ts';
import { resampler } from '../audio/resample.ts';
import type { SpeechDetector } from '../conversation/engines.ts';

/** The model's own telephone rate: on the phone it sees the end of speech 60 ms more exactly than at 16 kHz. */
const RATE = 8_000;
/** 32 ms, the only length the model takes. */
const WINDOW = 256;
/** What the model wants to see again of the window before. */
const CONTEXT = 32;
const INPUT = CONTEXT + WINDOW;
/** What the model keeps of a stream: two layers. */
const LAYER = 128;

/** Quieter than any line carries speech: the model is not asked, and forgets what came before. */
const SILENCE_DBFS = -60;

/** Silero's model of version 5 or later, loaded once for all calls. */
export interface Silero {
  detector(): SpeechDetector;
}

/** Loads the model. Each detector it makes follows one stream. */
export async function loadSilero(path: string): Promise<Silero> {
  const model = asOne(await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 }));
  return { detector: () => detector(model) };
}

/** One window of one stream; `state` is what the model keeps of the stream, and is brought forward. */
interface Asked {
  readonly input: Float32Array;
  readonly state: Float32Array;
  readonly probability: PromiseWithResolvers<number>;
}

type Model = (input: Float32Array, state: Float32Array) => Promise<number>;

/** Runs the model on all windows that wait as one: most of what a run costs it costs once. */
function asOne(session: InferenceSession): Model {
  const rate = new Tensor('int64', [BigInt(RATE)], []);
  let waiting: Asked[] = [];
  let running = false;

  const run = async (asked: readonly Asked[]): Promise<void> => {
    const count = asked.length;
    const inputs = new Float32Array(count * INPUT);
    const states = new Float32Array(2 * count * LAYER);
    for (const [i, { input, state }] of asked.entries()) {
      inputs.set(input, i * INPUT);
      states.set(state.subarray(0, LAYER), i * LAYER);
      states.set(state.subarray(LAYER), (count + i) * LAYER);
    }
    const { output, stateN } = await session.run({
      input: new Tensor('float32', inputs, [count, INPUT]),
      state: new Tensor('float32', states, [2, count, LAYER]),
      sr: rate,
    });
    if (!output || !stateN) throw new Error('the speech detector gave no output');
    const next = stateN.data as Float32Array;
    for (const [i, { state, probability }] of asked.entries()) {
      state.set(next.subarray(i * LAYER, (i + 1) * LAYER));
      state.set(next.subarray((count + i) * LAYER, (count + i + 1) * LAYER), LAYER);
      probability.resolve(Number(output.data[i]));
    }
  };
  const runAll = async (): Promise<void> => {
    running = true;
    while (waiting.length > 0) {
      const asked = waiting;
      waiting = [];
      await run(asked).catch((error: unknown) => {
        for (const { probability } of asked) probability.reject(error);
      });
    }
    running = false;
  };

  return async (input, state) => {
    const asked: Asked = { input, state, probability: Promise.withResolvers() };
    waiting.push(asked);
    if (!running) void runAll();
    return asked.probability.promise;
  };
}

function detector(model: Model): SpeechDetector {
  const toTelephone = resampler(SPEECH_RATE, RATE);
  const windows = framer(WINDOW);
  const input = new Float32Array(INPUT);
  const state = new Float32Array(2 * LAYER);
  let probability = 0;

  const hear = async (window: Int16Array): Promise<number> => {
    input.copyWithin(0, WINDOW);
    for (let i = 0; i < WINDOW; i += 1) input[CONTEXT + i] = (window[i] ?? 0) / 32_768;
    if (rmsDbfs(window) < SILENCE_DBFS) {
      state.fill(0);
      return 0;
    }
    return model(input, state);
  };

  return {
    async push(samples) {
      for (const narrow of toTelephone.push(samples)) {
        for (const window of windows.push(narrow)) probability = await hear(window);
      }
      return probability;
    },
  };
}
