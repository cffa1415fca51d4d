import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from './problem.ts';

/**
 * Lets a route that takes `{name, text}` take a form too: its file, `.md` or `.txt` in UTF-8, is the text, and its
 * field `name`, before the file, or else the file's name is the name.
 */
export async function takeTextFile(request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  if (!request.isMultipart()) return undefined;
  const file = await request.file();
  if (!file) return refuse(reply, 'bad-request', 'The form holds no file.');
  if (!/\.(md|markdown|txt)$/iu.test(file.filename)) {
    return refuse(reply, 'unsupported-media-type', 'Send a file of text (.txt) or Markdown (.md).');
  }
  const bytes = await file.toBuffer();
  const { name } = file.fields;
  const given = name && 'value' in name ? name.value : undefined;
  try {
    request.body = {
      name: given ?? file.filename,
      text: new TextDecoder('utf-8', { fatal: true }).decode(bytes),
    };
    return undefined;
  } catch {
    return refuse(reply, 'unprocessable', 'The file is not text in UTF-8.');
  }
}
