/**
 * Writes src/db/generated.ts from a migrated database: `DATABASE_URL=… node scripts/generate-db-types.ts`.
 * With `--verify` it only compares and exits 1 when the file is out of date.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const columns = {
  'campaigns.windows': 'ColumnType<Windows, string, string>',
  'campaigns.objective_fields': 'ColumnType<ObjectiveField[], string | undefined, string>',
  'campaigns.retry': 'ColumnType<RetryPolicy, string, string>',
  'leads.outcomes': 'ColumnType<Partial<Record<Disposition, number>>, string | undefined, string>',
  'leads.disposition': 'Disposition | null',
  'attempts.disposition': 'Disposition | null',
  'dispositions.code': 'Disposition',
  'calls.evidence': 'ColumnType<Trail, string, string>',
  'contacts.custom': 'ColumnType<Record<string, string>, string | undefined, string>',
  'imports.mapping': 'ColumnType<Columns, string, string>',
  'imports.counts': 'ColumnType<Partial<ImportCounts>, string | undefined, string>',
  'import_rows.contact': 'ColumnType<Contact | null, string | null, string | null>',
  'import_rows.raw': 'ColumnType<readonly string[], string, string>',
  'agents.tools': 'ColumnType<ToolName[], ToolName[] | undefined, ToolName[]>',
  'agents.transfer_targets': 'ColumnType<TransferTarget[], string | undefined, string | undefined>',
  'trunks.answer_thresholds': 'ColumnType<AnswerThresholds | null, string | null | undefined, string | null>',
  'turns.passages': 'ColumnType<readonly Passage[], string | undefined, string>',
  'analyses.disposition': 'Disposition | null',
  'call_fields.value': 'ColumnType<FieldValue | null, string | null, string | null>',
  'turns.latency': 'ColumnType<TurnLatency | null, string | null, string | null>',
  'inbound_calls.disposition': 'Disposition | null',
  'inbound_calls.evidence': 'ColumnType<Trail | null, string | null | undefined, string | null>',
  'inbound_calls.turns': 'ColumnType<readonly SpokenTurn[], string | undefined, string>',
};
const imports = `import type { AnswerThresholds } from '../answer/classify.ts';
import type { Trail } from '../call/cause.ts';
import type { Disposition } from '../call/disposition.ts';
import type { RetryPolicy } from '../campaign/retry.ts';
import type { Columns } from '../contact/columns.ts';
import type { ImportCounts } from '../contact/list.ts';
import type { Contact } from '../contact/row.ts';
import type { FieldValue, ObjectiveField } from '../conversation/objective.ts';
import type { Passage } from '../conversation/passages.ts';
import type { ToolName, TransferTarget } from '../conversation/tools.ts';
import type { SpokenTurn, TurnLatency } from '../conversation/transcript.ts';
import type { Windows } from '../schedule/windows.ts';
`;

const file = 'src/db/generated.ts';
const folder = mkdtempSync(join(tmpdir(), 'carillon-types-'));
const fresh = join(folder, 'generated.ts');
// kysely-codegen looks for the imports of overridden types with TypeScript's old programming interface, which
// TypeScript 7 does not have: it says so on stderr and goes on; the imports are added here.
const codegen = spawnSync(
  'node_modules/.bin/kysely-codegen',
  [
    '--dialect=postgres',
    '--camel-case',
    '--exclude-pattern={kysely_*,graphile_worker.*}',
    '--type-mapping={"int8":"number"}',
    `--overrides=${JSON.stringify({ columns })}`,
    `--out-file=${fresh}`,
  ],
  { encoding: 'utf8' },
);
if (codegen.status !== 0) throw new Error(`kysely-codegen failed: ${codegen.stderr}`);
const types = readFileSync(fresh, 'utf8').replace(/^import /m, `${imports}import `);
rmSync(folder, { recursive: true });

if (!process.argv.includes('--verify')) writeFileSync(file, types);
else if (types !== readFileSync(file, 'utf8')) {
  console.error(`${file} is out of date: node scripts/generate-db-types.ts`);
  process.exitCode = 1;
}
