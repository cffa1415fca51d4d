import { SPEECH_RATE } from '../audio/format.ts';
import { rmsDbfs } from '../audio/levels.ts';

/** What Whisper writes when it hears nothing: the ends of the videos it learned from. */
const phantoms = new Set([
  'you',
  'bye',
  'bye bye',
  'thank you',
  'thank you very much',
  'thank you for watching',
  'thanks for watching',
  'thank you for watching and see you next time',
  'please subscribe',
  'subtitles by the amaraorg community',
  'so',
  'the end',
  'vielen dank',
  'vielen dank fürs zuschauen',
  'untertitel der amaraorg community',
  'untertitel im auftrag des zdf für funk 2017',
  'merci',
  "merci d'avoir regardé cette vidéo",
  'soustitres réalisés par la communauté damaraorg',
  'gracias',
  'gracias por ver el vídeo',
  'subtítulos realizados por la comunidad de amaraorg',
]);

/** Speech on a telephone line reaches -45 dBFS in its loudest moment, whatever the line. */
const SPEECH_DBFS = -45;

const WINDOW = SPEECH_RATE / 10;

/**
 * Drops what nobody said: descriptions of sounds such as [Music] always, and the phrases that Whisper makes up
 * from nothing when the audio has no moment as loud as speech.
 */
export function dropPhantoms(text: string, samples: Int16Array): string {
  const spoken = text
    .replaceAll(/\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();
  const plain = spoken
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s']/gu, '')
    .trim();
  return plain === '' || (phantoms.has(plain) && loudest(samples) < SPEECH_DBFS) ? '' : spoken;
}

function loudest(samples: Int16Array): number {
  let level = -Infinity;
  for (let at = 0; at < samples.length; at += WINDOW) {
    level = Math.max(level, rmsDbfs(samples.subarray(at, at + WINDOW)));
  }
  return level;
}
