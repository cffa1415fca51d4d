import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig, variableNames } from '../../../src/config/config.ts';

const key = '00ff'.repeat(16);

test('an empty environment gives the defaults', () => {
  const defaults = { dataDir: resolve('data'), http: { host: '127.0.0.1', port: 8080 }, talk: true };
  expect(readConfig({})).toEqual(defaults);
  expect(readConfig(Object.fromEntries(variableNames.map((name) => [name, ''])))).toEqual(defaults);
});

test.each([
  [{ DATABASE_URL: 'postgres://u:p@db/carillon' }, { databaseUrl: 'postgres://u:p@db/carillon' }],
  [{ DATABASE_URL: 'postgresql://db/carillon' }, { databaseUrl: 'postgresql://db/carillon' }],
  [{ CARILLON_DATA_DIR: '/var/lib/carillon' }, { dataDir: '/var/lib/carillon' }],
  [{ CARILLON_DATA_DIR: 'here' }, { dataDir: resolve('here') }],
  [{ CARILLON_HTTP: '0.0.0.0:80' }, { http: { host: '0.0.0.0', port: 80 } }],
  [{ CARILLON_HTTP: '[::1]:8080' }, { http: { host: '::1', port: 8080 } }],
  [{ CARILLON_HTTP: 'localhost:0' }, { http: { host: 'localhost', port: 0 } }],
  [
    { CARILLON_ARI_URL: 'http://pbx:8088/ari/', CARILLON_ARI_USER: 'u', CARILLON_ARI_PASSWORD: 'p' },
    { ari: { url: 'http://pbx:8088/ari', user: 'u', password: 'p' } },
  ],
  [
    { CARILLON_LLM_URL: 'https://llm/v1', CARILLON_LLM_MODEL: 'm' },
    { llm: { url: 'https://llm/v1', model: 'm' } },
  ],
  [
    { CARILLON_LLM_URL: 'https://llm/v1', CARILLON_LLM_MODEL: 'm', CARILLON_LLM_KEY: 'k' },
    { llm: { url: 'https://llm/v1', model: 'm', key: 'k' } },
  ],
  [{ CARILLON_STT_URL: 'http://stt/v1' }, { sttUrl: 'http://stt/v1' }],
  [{ CARILLON_TTS_URL: 'http://tts/v1' }, { ttsUrl: 'http://tts/v1' }],
  [{ CARILLON_TALK_SLOTS: '60' }, { talkSlots: 60 }],
  [{ CARILLON_VOICES_DIR: '/voices' }, { voicesDir: '/voices' }],
  [{ CARILLON_MODEL_MIRROR: '/models' }, { modelMirror: '/models' }],
  [{ CARILLON_SECRET_KEY: key }, { secretKey: Buffer.from(key, 'hex') }],
])('%o is read', (env, expected) => {
  expect(readConfig(env)).toMatchObject(expected);
});

test.each([
  [{ DATABASE_URL: 'mysql://db' }, ['DATABASE_URL is not a URL that starts with postgres://']],
  [{ CARILLON_HTTP: '8080' }, ['CARILLON_HTTP is not an address and a port, such as 127.0.0.1:8080']],
  [{ CARILLON_HTTP: '127.0.0.1:65536' }, ['CARILLON_HTTP has a port above 65535']],
  [{ CARILLON_STT_URL: 'stt' }, ['CARILLON_STT_URL is not a URL that starts with http:// or https://']],
  [{ CARILLON_TTS_URL: 'ws://tts' }, ['CARILLON_TTS_URL is not a URL that starts with http:// or https://']],
  [{ CARILLON_TALK_SLOTS: '0' }, ['CARILLON_TALK_SLOTS is not a number from 1 to 9999']],
  [
    { CARILLON_SECRET_KEY: 'short' },
    ['CARILLON_SECRET_KEY is not 64 hexadecimal digits; `openssl rand -hex 32` makes some'],
  ],
  [
    { CARILLON_ARI_URL: 'http://pbx' },
    [
      'CARILLON_ARI_USER is not set, but CARILLON_ARI_URL is',
      'CARILLON_ARI_PASSWORD is not set, but CARILLON_ARI_URL is',
    ],
  ],
  [
    { CARILLON_LLM_KEY: 'k' },
    [
      'CARILLON_LLM_URL is not set, but CARILLON_LLM_KEY is',
      'CARILLON_LLM_MODEL is not set, but CARILLON_LLM_KEY is',
    ],
  ],
])('%o is refused', (env, faults) => {
  expect(() => readConfig(env)).toThrow(['The configuration is wrong:', ...faults].join('\n  '));
});

test('every fault is named in one message, and no value is', () => {
  const env = { DATABASE_URL: 'hidden', CARILLON_HTTP: 'hidden', CARILLON_ARI_PASSWORD: 'hidden' };
  for (const name of ['DATABASE_URL', 'CARILLON_HTTP', 'CARILLON_ARI_URL', 'CARILLON_ARI_USER']) {
    expect(() => readConfig(env)).toThrow(name);
  }
  expect(() => readConfig(env)).not.toThrow('hidden');
});

test('.env.example has a line for every variable, and for no other', async () => {
  const example = await readFile('.env.example', 'utf8');
  const named = [...example.matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
  expect(named).toEqual(variableNames);
});
