import { openDatabase } from '../../src/db/database.ts';
import { migrate } from '../../src/db/migrate.ts';
import { commitImport } from '../../src/engine/import-commit.ts';
import { stageImport } from '../../src/engine/import.ts';
import { workingFolder } from '../../src/native/folder.ts';
import { startPostgres } from '../../src/native/postgres.ts';

const ROWS = 100_000;
const CHUNK_CHARS = 64 * 1024;

/**
 * Imports a list of 100,000 rows from its first byte to the last contact, on a PostgreSQL of its own.
 * `rows_per_s` covers reading and commit, `peak_mb` is the most memory (RSS, MiB) that this process ever held.
 */
export async function benchImport(): Promise<{ readonly rows_per_s: number; readonly peak_mb: number }> {
  const folder = await workingFolder();
  const server = await startPostgres({ folder: folder.path, say: () => {}, durable: false });
  // An idle connection that is lost when the server stops is no news; one in use fails its query.
  const db = openDatabase(server.url, () => {});
  try {
    await migrate(db, server.url);
    const started = performance.now();
    const staged = await stageImport(db, {
      fileName: 'bench.csv',
      bytes: writeList(),
      mapping: {},
      defaultCountry: 'DE',
    });
    if ('problem' in staged) throw new Error(staged.problem);
    const committed = await commitImport(db, { id: staged.id, campaignId: null });
    if ('problem' in committed) throw new Error(committed.problem);
    const seconds = (performance.now() - started) / 1000;
    const { accepted, duplicate, invalid } = committed.counts;
    if (accepted + duplicate + invalid !== ROWS || committed.counts.contacts !== accepted) {
      throw new Error(`Rows are missing: ${JSON.stringify(committed.counts)}`);
    }
    return {
      rows_per_s: Math.round(ROWS / seconds),
      peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    };
  } finally {
    await db.destroy();
    await server.stop();
    await folder.remove();
  }
}

/** A list as a German spreadsheet exports it: two in a hundred numbers are too short, two stand twice. */
async function* writeList(): AsyncGenerator<Uint8Array> {
  let text = 'Vorname;Nachname;Rufnummer;E-Mail;Firma;Position;Kundennummer\r\n';
  for (let row = 0; row < ROWS; row++) {
    const subscriber = 20_000_000 + (row % 50 === 3 ? row - 1 : row);
    const phone = row % 50 === 7 ? '030 12' : `(0151) ${subscriber}`;
    text += `Zoë ${row};"Müller; ${row}";${phone};zoe.${row}@example.org;Firma ${row};Leitung;${row}\r\n`;
    if (text.length > CHUNK_CHARS) {
      yield Buffer.from(text);
      text = '';
    }
  }
  yield Buffer.from(text);
}
