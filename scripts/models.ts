/** `npm run models -- list|fetch|verify [NAME …]`: shows, fetches or checks the model files of the local engines. */
import { fetchModel, modelFiles, modelFolder, verifyModel } from '../src/native/models.ts';

const [command = 'list', ...names] = process.argv.slice(2);
const unknown = names.filter((name) => !modelFiles.some((file) => file.name === name));
const files = modelFiles.filter(({ name }) => names.length === 0 || names.includes(name));

const say = (line: string): void => console.error(line);

const commands: Readonly<Record<string, () => Promise<void>>> = {
  list: async () => {
    for (const { name, purpose, bytes, licence, sha256 } of files) {
      const megabytes = (bytes / 1e6).toFixed(1).padStart(7);
      console.log(
        `${name.padEnd(42)} ${purpose.padEnd(6)} ${megabytes} MB  ${licence.padEnd(10)}  ${sha256}`,
      );
    }
  },
  fetch: async () => {
    for (const { name } of files) {
      try {
        console.log(await fetchModel(name, say));
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    }
  },
  verify: async () => {
    for (const file of files) {
      const state = await verifyModel(file);
      console.log(`${file.name.padEnd(42)} ${state}`);
      if (state !== 'ok') process.exitCode = 1;
    }
  },
};

const action = commands[command];
if (!action || unknown.length > 0) {
  console.error(
    unknown.length > 0 ? `There is no model file ${unknown.join(', ')}.` : `There is no command ${command}.`,
  );
  console.error('npm run models -- list|fetch|verify [NAME …]');
  process.exitCode = 2;
} else {
  console.error(`Model files are kept in ${modelFolder()}.`);
  await action();
}
