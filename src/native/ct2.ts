/** A tensor as stored: its values in row-major order. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float16Array | Int8Array | Int16Array;
}

const VERSION = 6;

const types = { 0: Float32Array, 1: Int8Array, 2: Int16Array, 4: Float16Array } as const;

/**
 * Reads a model file of CTranslate2, binary version 6: a header, then each variable's name, shape, type and values.
 * Throws on any other version.
 */
export function readCt2(file: Uint8Array): ReadonlyMap<string, Tensor> {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 0;
  const u8 = (): number => view.getUint8(at++);
  const u16 = (): number => view.getUint16((at += 2) - 2, true);
  const u32 = (): number => view.getUint32((at += 4) - 4, true);
  const text = (): string => {
    const end = u16() + at;
    const bytes = file.subarray(at, end - 1);
    at = end;
    return new TextDecoder().decode(bytes);
  };

  const version = u32();
  if (version !== VERSION) throw new Error(`this CTranslate2 file has version ${version}, not ${VERSION}`);
  text(); // the name of the model's class
  u32(); // its revision

  const variables = new Map<string, Tensor>();
  for (let left = u32(); left > 0; left -= 1) {
    const name = text();
    const shape = Array.from({ length: u8() }, u32);
    const type = u8();
    if (!(type in types)) throw new Error(`${name} has values of the unknown type ${type}`);
    const bytes = u32();
    const Values = types[type as keyof typeof types];
    variables.set(name, { shape, values: new Values(Uint8Array.from(file.subarray(at, at + bytes)).buffer) });
    at += bytes;
  }
  return variables;
}
