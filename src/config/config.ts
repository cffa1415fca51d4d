/** What the environment decides about Carillon; the list of variables is an interface that others build on. */
import { resolve } from 'node:path';
import { z } from 'zod';

/** What is absent here, Carillon starts or makes itself. */
export type Config = {
  readonly databaseUrl?: string | undefined;
  /** Absolute path of the folder for everything that must survive a restart. */
  readonly dataDir: string;
  /** Where the API and the page listen. */
  readonly http: { readonly host: string; readonly port: number };
  /** The Asterisk to use; `url` is the base of ARI without a slash at the end. */
  readonly ari?: { readonly url: string; readonly user: string; readonly password: string } | undefined;
  /** An OpenAI-compatible server for chat. */
  readonly llm?:
    { readonly url: string; readonly model: string; readonly key?: string | undefined } | undefined;
  readonly sttUrl?: string | undefined;
  readonly ttsUrl?: string | undefined;
  /** A folder of Piper voices beside the standard one. */
  readonly voicesDir?: string | undefined;
  /** Whether conversations can be held; else agents that only speak their greeting are all there is. */
  readonly talk: boolean;
  /** How many conversations this machine holds at once; absent: as many as its cores were measured to. */
  readonly talkSlots?: number | undefined;
  /** A folder or URL that holds the model files by name. */
  readonly modelMirror?: string | undefined;
  /** 32 bytes that seal the secrets in the database. */
  readonly secretKey?: Uint8Array | undefined;
};

const web = z
  .url({ protocol: /^https?$/, error: 'is not a URL that starts with http:// or https://' })
  .transform((url) => url.replace(/\/+$/, ''));

const address = z
  .string()
  .regex(/^(\[[0-9a-f:.]+\]|[^:/\s]+):\d{1,5}$/i, 'is not an address and a port, such as 127.0.0.1:8080')
  .transform((text) => {
    const colon = text.lastIndexOf(':');
    return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
  })
  .refine(({ port }) => port < 65_536, 'has a port above 65535');

const variables = {
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'is not a URL that starts with postgres://' }),
  CARILLON_DATA_DIR: z.string().transform((path) => resolve(path)),
  CARILLON_HTTP: address,
  CARILLON_ARI_URL: web,
  CARILLON_ARI_USER: z.string(),
  CARILLON_ARI_PASSWORD: z.string(),
  CARILLON_LLM_URL: web,
  CARILLON_LLM_MODEL: z.string(),
  CARILLON_LLM_KEY: z.string(),
  CARILLON_STT_URL: web,
  CARILLON_TTS_URL: web,
  CARILLON_VOICES_DIR: z.string().transform((path) => resolve(path)),
  CARILLON_TALK: z
    .enum(['on', 'off'], { error: 'is neither on nor off' })
    .transform((value) => value === 'on'),
  CARILLON_TALK_SLOTS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'is not a number from 1 to 9999')
    .transform(Number),
  CARILLON_MODEL_MIRROR: z.string(),
  CARILLON_SECRET_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'is not 64 hexadecimal digits; `openssl rand -hex 32` makes some')
    .transform((digits): Uint8Array => Buffer.from(digits, 'hex')),
};

type Name = keyof typeof variables;
type Values = { [N in Name]?: z.output<(typeof variables)[N]> };

/** Variables that only make sense together: with one of them set, all of `needed` must be. */
const sets: readonly { readonly needed: readonly Name[]; readonly optional: readonly Name[] }[] = [
  { needed: ['CARILLON_ARI_URL', 'CARILLON_ARI_USER', 'CARILLON_ARI_PASSWORD'], optional: [] },
  { needed: ['CARILLON_LLM_URL', 'CARILLON_LLM_MODEL'], optional: ['CARILLON_LLM_KEY'] },
];

/** The name of every variable that Carillon reads. */
export const variableNames = Object.keys(variables) as readonly Name[];

/**
 * Reads the configuration; an empty variable counts as absent. Throws `CONFIG_INVALID` with a line for every
 * fault, which names the variable but not its value: it may be a secret.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = variableNames.filter((name) => env[name]);
  const results = present.map((name) => ({ name, result: variables[name].safeParse(env[name]) }));
  const faults = [
    ...results.flatMap(({ name, result }) =>
      (result.error?.issues ?? []).map(({ message }) => `${name} ${message}`),
    ),
    ...sets.flatMap(({ needed, optional }) => {
      const cause = [...needed, ...optional].find((name) => present.includes(name));
      const missing = cause ? needed.filter((name) => !present.includes(name)) : [];
      return missing.map((name) => `${name} is not set, but ${cause} is`);
    }),
  ];
  if (faults.length > 0) {
    const message = ['The configuration is wrong:', ...faults.map((fault) => `  ${fault}`)].join('\n');
    throw Object.assign(new Error(message), { code: 'CONFIG_INVALID' });
  }
  return arrange(Object.fromEntries(results.map(({ name, result }) => [name, result.data])));
}

function arrange(values: Values): Config {
  const { CARILLON_ARI_URL: ari, CARILLON_ARI_USER: user, CARILLON_ARI_PASSWORD: password } = values;
  const { CARILLON_LLM_URL: llm, CARILLON_LLM_MODEL: model, CARILLON_LLM_KEY: key } = values;
  return {
    databaseUrl: values.DATABASE_URL,
    dataDir: values.CARILLON_DATA_DIR ?? resolve('data'),
    http: values.CARILLON_HTTP ?? { host: '127.0.0.1', port: 8080 },
    ari: ari && user && password ? { url: ari, user, password } : undefined,
    llm: llm && model ? { url: llm, model, key } : undefined,
    sttUrl: values.CARILLON_STT_URL,
    ttsUrl: values.CARILLON_TTS_URL,
    voicesDir: values.CARILLON_VOICES_DIR,
    talk: values.CARILLON_TALK ?? true,
    talkSlots: values.CARILLON_TALK_SLOTS,
    modelMirror: values.CARILLON_MODEL_MIRROR,
    secretKey: values.CARILLON_SECRET_KEY,
  };
}
