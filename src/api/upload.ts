import type { FastifyRequest } from 'fastify';

/** A file that is being received, and the form's fields that came before it. */
export interface Upload {
  readonly fileName: string;
  readonly bytes: AsyncIterable<Uint8Array>;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Why a form is refused. */
export interface BadForm {
  readonly problem: string;
}

/**
 * Hands the one file of a multipart form to `take` while it arrives, so that its size is no matter; the fields must
 * come before it. What the form holds behind the file is a reason for `undo`, since `take` has not seen it.
 */
export async function receiveFile<Taken>(
  request: FastifyRequest,
  take: (upload: Upload) => Promise<Taken>,
  undo: (taken: Taken) => Promise<unknown>,
): Promise<{ readonly taken: Taken } | BadForm> {
  if (!request.isMultipart()) return { problem: 'Send a multipart form with the list as a file.' };
  const fields: Record<string, unknown> = {};
  let received: { taken: Taken } | undefined;
  for await (const part of request.parts()) {
    if (received) {
      if (part.type === 'file') part.file.resume();
      await undo(received.taken);
      return { problem: 'The file must be the last part of the form, and the only file.' };
    }
    if (part.type === 'field') fields[part.fieldname] = part.value;
    else {
      received = { taken: await take({ fileName: part.filename, bytes: part.file, fields }) };
      part.file.resume();
    }
  }
  return received ?? { problem: 'The form holds no file.' };
}
