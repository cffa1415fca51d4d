import { STATUS_CODES } from 'node:http';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { type Problem, problem } from '../protocol/problem.ts';

const mediaType = 'application/problem+json';
const documented = { description: 'Problem document', content: { [mediaType]: { schema: problem } } };

/** What every route may answer besides its success: problem documents (RFC 9457). */
export const problems = { '4xx': documented, '5xx': documented };

/** The kinds of problem and their HTTP status. */
const kinds = {
  'bad-request': 400,
  'invalid-input': 400,
  unauthorized: 401,
  'foreign-origin': 403,
  'not-found': 404,
  conflict: 409,
  'too-large': 413,
  'unsupported-media-type': 415,
  'range-not-satisfiable': 416,
  unprocessable: 422,
  'too-many-failures': 429,
  internal: 500,
} as const;

export type ProblemKind = keyof typeof kinds;

/** Ends the request with a problem document. */
export function refuse(
  reply: FastifyReply,
  kind: ProblemKind,
  detail: string,
  errors?: Problem['errors'],
): FastifyReply {
  const status = kinds[kind];
  const body: Problem = {
    type: `/problems/${kind}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail,
    ...(errors && { errors }),
  };
  return reply.code(status).type(mediaType).serializer(JSON.stringify).send(body);
}

/** Makes every error of the server, unknown routes included, a problem document. */
export function answerWithProblems(server: FastifyInstance): void {
  server.setNotFoundHandler((request, reply) =>
    refuse(reply, 'not-found', `There is no ${request.method} ${request.url.split('?', 1)[0] ?? ''}.`),
  );
  server.setErrorHandler(refuseError);
}

const places: Readonly<Record<string, string>> = { params: 'path', querystring: 'query', body: 'body' };

const kindByStatus: Readonly<Record<number, ProblemKind>> = {
  413: 'too-large',
  415: 'unsupported-media-type',
};

function refuseError(error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (hasZodFastifySchemaValidationErrors(error)) {
    const errors = error.validation.map(({ instancePath, message }) => ({
      pointer: instancePath === '/' ? '' : instancePath,
      detail: message ?? 'Is not valid.',
    }));
    const where = places[error.validationContext ?? ''] ?? 'request';
    return refuse(reply, 'invalid-input', `The ${where} is not valid.`, errors);
  }
  const status = error.statusCode ?? 500;
  if (status >= 400 && status < 500) {
    return refuse(reply, kindByStatus[status] ?? 'bad-request', error.message);
  }
  request.log.error(
    { err: error, method: request.method, route: request.routeOptions.url },
    'request failed',
  );
  return refuse(reply, 'internal', 'The service failed; its log says why.');
}
