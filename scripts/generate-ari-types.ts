/**
 * Writes src/asterisk/generated.ts from Asterisk's own description of ARI, only as much as Carillon uses:
 * `node scripts/generate-ari-types.ts FOLDER`, where FOLDER is the `rest-api` folder of an installed Asterisk
 * (/usr/share/asterisk/rest-api). The same folder always gives the same file.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';

const models = ['Channel', 'CallerID', 'DialplanCEP', 'Bridge', 'Endpoint'];
const events = [
  'ApplicationReplaced',
  'ChannelDestroyed',
  'ChannelDtmfReceived',
  'ChannelEnteredBridge',
  'ChannelHangupRequest',
  'ChannelLeftBridge',
  'ChannelStateChange',
  'Dial',
  'StasisEnd',
  'StasisStart',
];
/** Nickname by resource file; the type of its query parameters is named after both. */
const operations = {
  channels: ['create', 'dial', 'hangup', 'externalMedia'],
  bridges: ['createWithId', 'addChannel'],
} as const;

/** The parts of Swagger 1.2 that Asterisk uses. */
type Field = {
  readonly type: string;
  readonly required?: boolean;
  readonly allowableValues?: { readonly valueType: string; readonly values?: readonly string[] };
};
type Parameter = Omit<Field, 'type'> & {
  readonly name: string;
  readonly paramType: string;
  readonly dataType: string;
};
type Operation = { readonly nickname: string; readonly parameters?: readonly Parameter[] };
type Resource = {
  readonly apis: readonly { readonly operations: readonly Operation[] }[];
  readonly models: Readonly<Record<string, { readonly properties: Readonly<Record<string, Field>> }>>;
};

const folder = process.argv[2] ?? '/usr/share/asterisk/rest-api';
const target = join(import.meta.dirname, '..', 'src', 'asterisk', 'generated.ts');

const load = async (name: string): Promise<Resource> =>
  JSON.parse(await readFile(join(folder, `${name}.json`), 'utf8')) as Resource;

const resources = {
  asterisk: await load('asterisk'),
  channels: await load('channels'),
  bridges: await load('bridges'),
  endpoints: await load('endpoints'),
  events: await load('events'),
};

/** The TypeScript of a Swagger type. */
function typeOf({ type, allowableValues }: Field): string {
  if (allowableValues?.valueType === 'LIST' && allowableValues.values) {
    return allowableValues.values.map((value) => `'${value}'`).join(' | ');
  }
  const list = /^List\[(.+)\]$/.exec(type)?.[1];
  if (list) return `readonly ${typeOf({ type: list })}[]`;
  switch (type) {
    case 'int':
    case 'long':
    case 'double':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'string':
    case 'Date':
      return 'string';
    case 'object':
      return 'Readonly<Record<string, string>>';
    default:
      return models.includes(type) ? type : 'unknown';
  }
}

const fieldOf = (name: string, field: Field): string =>
  `readonly ${name}${field.required ? '' : '?'}: ${typeOf(field)};`;

function model(name: string): string {
  const found = Object.values(resources).find(({ models }) => models[name])?.models[name];
  if (!found) throw new Error(`ARI has no model ${name}`);
  const fields = Object.entries(found.properties).map(([field, of]) => fieldOf(field, of));
  return fields.join('\n');
}

function query(resource: keyof typeof operations, nickname: string): string {
  const operation = resources[resource].apis
    .flatMap(({ operations }) => operations)
    .find((operation) => operation.nickname === nickname);
  if (!operation) throw new Error(`ARI has no operation ${resource} ${nickname}`);
  const name = `${nickname}${resource === 'bridges' ? 'Bridge' : 'Channel'}Query`;
  const fields = (operation.parameters ?? [])
    .filter(({ paramType }) => paramType === 'query')
    .map(({ name, dataType, ...rest }) => fieldOf(name, { ...rest, type: dataType }));
  return `/** Query of \`${resource} ${nickname}\`. */
    export type ${name.charAt(0).toUpperCase()}${name.slice(1)} = { ${fields.join('\n')} };`;
}

const source = `// Made by scripts/generate-ari-types.ts from Asterisk's own description of ARI; don't edit.

${models.map((name) => `/** ARI's ${name}. */\nexport type ${name} = { ${model(name)} };`).join('\n\n')}

type EventBase = { readonly application: string; readonly timestamp: string; readonly asterisk_id?: string };

${events
  .map(
    (name) =>
      `/** ARI's event ${name}. */\nexport type ${name} = EventBase & { readonly type: '${name}'; ${model(name)} };`,
  )
  .join('\n\n')}

/** The events that Carillon acts on. Asterisk sends others too. */
export type AriEvent = ${events.join(' | ')};

/** Their names. */
export const eventTypes = [${events.map((name) => `'${name}'`).join(', ')}] as const satisfies readonly AriEvent['type'][];

${Object.entries(operations)
  .flatMap(([resource, nicknames]) =>
    nicknames.map((nickname) => query(resource as keyof typeof operations, nickname)),
  )
  .join('\n\n')}
`;

const style = await resolveConfig(target);
await writeFile(target, await format(source, { ...style, parser: 'typescript' }));
console.log(`wrote ${target}`);
