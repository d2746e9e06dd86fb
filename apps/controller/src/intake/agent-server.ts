// Where agents dial in: HTTP on a unix socket, every body signed by the agent's own key. Nothing here acts by itself.
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { AgentPoll, AgentResult, POLL_WAIT_MS, SignedBatch, SignedByAgent } from '@petrov/core/wire';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { AgentDesk } from './agent-desk.ts';
import type { Intake } from './gather.ts';
import { agentSourceId, type Source, type Sources } from './sources.ts';

const BODY_BYTES_MAX = 600_000;
const NONCES_KEPT = 1_000;

type Deps = {
  readonly path: string;
  readonly desk: AgentDesk;
  readonly sources: Sources;
  readonly take: Intake['take'];
  readonly log: Logger;
};

class Refused extends Error {
  readonly status: number;
  constructor(status: number, says: string) {
    super(says);
    this.status = status;
  }
}

/** Resolves when agents can dial in; the answer ends it. */
export async function startAgentServer(deps: Deps): Promise<() => Promise<void>> {
  const seen = new Map<string, Set<string>>();
  const routes: Record<string, (body: unknown, response: ServerResponse) => void> = {
    '/agent/v1/poll': (body, response) => openPoll(deps, seen, { body, response }),
    '/agent/v1/results': (body, response) => {
      const result = readSigned(deps, body, AgentResult);
      if (!deps.desk.takeResult(result))
        deps.log.info(
          { member: result.member, command: result.id, state: result.state },
          'a result came that nobody waits for',
        );
      response.writeHead(204).end();
    },
    '/agent/v1/observations': (body, response) => {
      takeObservations(deps, body);
      response.writeHead(204).end();
    },
  };
  const server = createServer((request, response) => {
    void answer(routes, { request, response, log: deps.log });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  await removeStaleSocket(deps.path);
  await listen(server, deps.path);
  return async () => {
    deps.desk.stop();
    server.close();
    server.closeAllConnections();
    await rm(deps.path, { force: true });
  };
}

type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse; readonly log: Logger };

async function answer(routes: Record<string, (body: unknown, response: ServerResponse) => void>, exchange: Exchange) {
  const { request, response, log } = exchange;
  try {
    const route = request.method === 'POST' ? routes[request.url ?? ''] : undefined;
    if (!route) throw new Refused(404, 'No such address: agents POST to /agent/v1/poll, /results and /observations.');
    route(await readBody(request), response);
  } catch (error) {
    const refused = error instanceof Refused ? error : new Refused(500, 'The controller failed at it.');
    if (refused.status === 500) log.error({ err: error }, 'an agent’s request failed');
    else log.warn({ url: request.url, says: refused.message }, 'an agent’s request was refused');
    if (response.headersSent) return response.destroy();
    response.writeHead(refused.status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { code: 'refused', message: refused.message } }));
  }
  return response;
}

function openPoll(
  deps: Deps,
  seen: Map<string, Set<string>>,
  { body, response }: { body: unknown; response: ServerResponse },
) {
  const poll = readSigned(deps, body, AgentPoll);
  refuseOldNonce(seen, poll);
  let isAnswered = false;
  const reply = (command: { body: string; signature: string } | undefined) => {
    if (isAnswered) return;
    isAnswered = true;
    clearTimeout(timer);
    giveUp();
    if (command) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(command));
    else response.writeHead(204).end();
  };
  let giveUp = () => {};
  const timer = setTimeout(() => reply(undefined), POLL_WAIT_MS);
  response.on('close', () => {
    if (isAnswered && !response.writableFinished) deps.desk.giveBack(poll.member);
    isAnswered = true;
    clearTimeout(timer);
    giveUp();
  });
  giveUp = deps.desk.open(poll, reply);
}

/** The signed body of a known agent, which speaks for its own member only. */
function readSigned<T extends { cluster: string; member: string }>(deps: Deps, body: unknown, schema: z.ZodType<T>): T {
  const signed = SignedByAgent.safeParse(body);
  if (!signed.success) throw new Refused(400, 'This is no signed message of an agent.');
  const { agent, body: text, signature } = signed.data;
  const source = findAgent(deps.sources, agent);
  if (!source?.verifier.verify(text, signature))
    throw new Refused(401, `The signature isn't that of the agent ${agent} as configured.`);
  const message = parseJson(text, schema);
  if (message.cluster !== source.at?.cluster || message.member !== source.at.member) {
    throw new Refused(403, `The agent ${agent} spoke for ${message.member} of ${message.cluster}.`);
  }
  deps.desk.hear(message.member);
  return message;
}

function findAgent(sources: Sources, agent: string): Source | undefined {
  const source = sources.get(agent.startsWith('agent:') ? agent : agentSourceId(agent));
  return source?.kind === 'agent' ? source : undefined;
}

function takeObservations(deps: Deps, body: unknown): void {
  const signed = SignedBatch.safeParse(body);
  if (!signed.success) throw new Refused(400, 'This is no signed batch.');
  const named = parseJson(signed.data.batch, z.looseObject({ source: z.string() }));
  const source = findAgent(deps.sources, named.source);
  if (!source) throw new Refused(401, `No agent ${named.source} is configured.`);
  if (source.at) deps.desk.hear(source.at.member);
  const taken = deps.take(source, signed.data);
  if (!taken.ok) throw new Refused(taken.why === 'signature' ? 401 : 409, taken.says);
}

function refuseOldNonce(seen: Map<string, Set<string>>, { member, nonce }: AgentPoll): void {
  const nonces = seen.get(member) ?? new Set<string>();
  seen.set(member, nonces);
  if (nonces.has(nonce)) throw new Refused(409, `The agent on ${member} used a nonce twice.`);
  nonces.add(nonce);
  const [oldest] = nonces;
  if (nonces.size > NONCES_KEPT && oldest !== undefined) nonces.delete(oldest);
}

function parseJson<T>(text: string, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refused(400, "The message isn't JSON.");
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    throw new Refused(400, `The message can't be read: ${parsed.error.issues[0]?.message ?? 'bad form'}.`);
  return parsed.data;
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) throw new Refused(413, 'The message is too long.');
    chunks.push(chunk);
  }
  return parseJson(Buffer.concat(chunks).toString('utf8'), z.unknown());
}

/** Everyone on the host may connect: what counts is the signature. */
async function listen(server: Server, path: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(path, resolve);
  await promise;
  server.off('error', reject);
  await chmod(path, 0o666);
}

/** A socket file that nobody listens on was left by a controller that died. */
async function removeStaleSocket(path: string): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const probe = connect(path, () => resolve(true)).once('error', () => resolve(false));
  const isTaken = await promise;
  probe.destroy();
  if (isTaken)
    throw new Error(
      `Another process listens on the agents' socket ${path}: stop it, or configure another "agentSocket".`,
    );
  await rm(path, { force: true });
}
