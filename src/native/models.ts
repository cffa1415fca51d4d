/** The model files of the local engines: what they are, and how to have them on this machine. */
import { join } from 'node:path';
import { cacheFolder, type Say } from './cache.ts';
import { fetchFile, verifyFile, type FileState, type NamedFile } from './files.ts';
import manifest from './models.json' with { type: 'json' };

/** A model file: the engine it is for, and the licence of its content. */
export interface ModelFile extends NamedFile {
  readonly purpose: string;
  readonly licence: string;
}

/** Every model file that Carillon can use. */
export const modelFiles: readonly ModelFile[] = manifest;

/** Where model files are kept, shared by all checkouts. */
export const modelFolder = (): string => join(cacheFolder(), 'models');

/** The path of the model file `name`, fetched if need be. Throws `FILE_UNAVAILABLE` with the way to get it. */
export async function fetchModel(name: string, say: Say): Promise<string> {
  const file = modelFiles.find((model) => model.name === name);
  if (!file) throw new Error(`models.json has no file ${name}`);
  return fetchFile(file, modelFolder(), process.env['CARILLON_MODEL_MIRROR'], say);
}

/** How the local copy of a model file compares with its hash. */
export async function verifyModel(file: ModelFile): Promise<FileState> {
  return verifyFile(file, modelFolder());
}
