/** Samples per second of all speech inside Carillon: mono, signed 16 bit. */
export const SPEECH_RATE = 16_000;

/** Samples in one 20 ms frame at `SPEECH_RATE`. */
export const FRAME_SAMPLES = SPEECH_RATE / 50;
