// Answers load balancers over HTTP. Needs no controller and no other member; a server that doesn't answer in time, or an
// address that can't be listened on yet, is a failed check, never a failed agent.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { RoutingConfig } from '@petrov/core/wire';
import type { Logger } from '@petrov/runtime/log';
import { answerHealth, type HealthAnswer, readHealthQuestion } from './health-answer.ts';
import type { LocalRole } from './local-role.ts';

const METHODS = ['GET', 'HEAD', 'OPTIONS'];
const LISTEN_AGAIN_MS = 2_000;
const CONNECTIONS_MAX = 100;
/** Whoever connects and says nothing must not keep a load balancer out. */
const LIMITS = {
  maxHeaderSize: 4_096,
  headersTimeout: 1_000,
  requestTimeout: 2_000,
  connectionsCheckingInterval: 500,
} as const;

export class HealthEndpoint {
  readonly #at: NonNullable<RoutingConfig['health']>;
  readonly #role: LocalRole;
  readonly #log: Logger;
  readonly #server: Server;
  #again: NodeJS.Timeout | undefined;

  constructor(at: NonNullable<RoutingConfig['health']>, role: LocalRole, log: Logger) {
    this.#at = at;
    this.#role = role;
    this.#log = log;
    this.#server = createServer(LIMITS, (request, response) => {
      void this.#respond(request, response);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('listening', () => log.info(at, 'answering load balancers'));
    this.#server.on('error', (error) => this.#listenAgain(error));
  }

  start(): void {
    this.#server.listen(this.#at);
  }

  async end(): Promise<void> {
    clearTimeout(this.#again);
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.resume(); // a body says nothing to us
    const { status, body } = await this.#answer(request);
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(request.method === 'GET' ? `${JSON.stringify(body)}\n` : undefined);
  }

  async #answer({ method = '', url = '' }: IncomingMessage): Promise<HealthAnswer> {
    if (!METHODS.includes(method)) return { status: 405, body: { says: `${METHODS.join(', ')} are answered.` } };
    const question = readHealthQuestion(url);
    if (question.asks === 'nothing') return { status: question.status, body: { says: question.says } };
    return answerHealth(question, await this.#role.read());
  }

  /** The address may come up later than the agent, or be taken for a while. */
  #listenAgain(error: Error): void {
    this.#log.error({ err: error, ...this.#at }, 'load balancers cannot be answered; trying again');
    this.#again = setTimeout(() => this.start(), LISTEN_AGAIN_MS);
  }
}
