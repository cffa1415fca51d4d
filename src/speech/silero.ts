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
const STATE_SHAPE = [2, 1, 128];

/** Quieter than any line carries speech: the model is not asked, and forgets what came before. */
const SILENCE_DBFS = -60;

/** Silero's model of version 5 or later, loaded once for all calls. */
export interface Silero {
  detector(): SpeechDetector;
}

/** Loads the model. Each detector it makes follows one stream. */
export async function loadSilero(path: string): Promise<Silero> {
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1, interOpNumThreads: 1 });
  return { detector: () => detector(session) };
}

const newState = (): Tensor => new Tensor('float32', new Float32Array(2 * 128), STATE_SHAPE);

function detector(session: InferenceSession): SpeechDetector {
  const toTelephone = resampler(SPEECH_RATE, RATE);
  const windows = framer(WINDOW);
  const input = new Float32Array(CONTEXT + WINDOW);
  const inputTensor = new Tensor('float32', input, [1, input.length]);
  const rate = new Tensor('int64', [BigInt(RATE)], []);
  let state = newState();
  let probability = 0;

  const hear = async (window: Int16Array): Promise<number> => {
    input.copyWithin(0, WINDOW);
    for (let i = 0; i < WINDOW; i += 1) input[CONTEXT + i] = (window[i] ?? 0) / 32_768;
    if (rmsDbfs(window) < SILENCE_DBFS) {
      state = newState();
      return 0;
    }
    const { output, stateN } = await session.run({ input: inputTensor, state, sr: rate });
    if (!output || !stateN) throw new Error('the speech detector gave no output');
    state = stateN;
    return Number(output.data[0]);
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
