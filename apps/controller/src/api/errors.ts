// Every error of the API has one form: a stable code, and a message that says what happened, what is safe, what to do.
import type { ApiError } from '@petrov/core/wire';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import type { Logger } from 'pino';

export class ApiFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly where: string | undefined;
  constructor(status: number, code: string, message: string, where?: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.where = where;
  }
}

export function notFound(what: string, id: string): ApiFault {
  return new ApiFault(
    404,
    'not-found',
    `There is no ${what} "${id}". Nothing was changed. Look at the list for its id.`,
  );
}

export function notSignedIn(): ApiFault {
  return new ApiFault(
    401,
    'not-signed-in',
    'You are not signed in, or your session has ended. Nothing was changed. Sign in, or print a sign-in link on the ' +
      'controller’s host with "petrov sign-in-link".',
  );
}

/** `answerPage` answers a person's navigation and says whether it did. */
export function installErrors(
  app: FastifyInstance,
  log: Logger,
  answerPage: (request: FastifyRequest, reply: FastifyReply) => Promise<boolean>,
): void {
  app.setNotFoundHandler(async (request, reply) => {
    if (await answerPage(request, reply)) return;
    send(reply, 404, {
      code: 'no-such-route',
      message: `There is nothing at ${request.method} ${withoutQuery(request.url)}. Nothing was changed. Check the path; the API is under /api/v1.`,
    });
  });
  app.setErrorHandler((error: FastifyError, request, reply) => answerError(error, request, reply, log));
}

function answerError(error: FastifyError, request: FastifyRequest, reply: FastifyReply, log: Logger): void {
  if (error instanceof ApiFault) {
    const where = error.where === undefined ? {} : { where: error.where };
    send(reply, error.status, { code: error.code, message: error.message, ...where });
    return;
  }
  if (hasZodFastifySchemaValidationErrors(error)) {
    const first = error.validation[0];
    const where = `${error.validationContext ?? 'body'}${(first?.instancePath ?? '').replaceAll('/', '.')}`;
    const message = `The request can't be read at ${where}: ${first?.message ?? 'it has another form'}. Nothing was changed. Correct it and send it again.`;
    send(reply, 400, { code: 'bad-request', message, where });
    return;
  }
  const status = error.statusCode ?? 500;
  if (status < 500) {
    send(reply, status, { code: codeOf(error), message: `${error.message}. Nothing was changed.` });
    return;
  }
  log.error({ err: error, method: request.method, route: request.routeOptions.url }, 'request failed');
  send(reply, 500, {
    code: 'internal',
    message:
      'The controller failed to answer. What it watches and what it runs goes on. Look at its log, then ask again; an ' +
      'answer that was sent with the same idempotency key counts once.',
  });
}

function send(reply: FastifyReply, status: number, error: ApiError['error']): void {
  void reply
    .code(status)
    .header('content-type', 'application/json; charset=utf-8')
    .serializer(JSON.stringify)
    .send({ error });
}

/** `FST_ERR_CTP_BODY_TOO_LARGE` becomes `body-too-large`. */
function codeOf(error: FastifyError): string {
  return (error.code || 'refused')
    .replace(/^FST_ERR_(CTP_)?/, '')
    .toLowerCase()
    .replaceAll('_', '-');
}

function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
