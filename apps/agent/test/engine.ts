// For the tests: a small controller on a unix socket that signs commands, and an agent as a process beside a Postgres.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Sighting } from '@petrov/core/observation';
import {
  ACT_VERBS,
  AgentConfig,
  AgentPoll,
  AgentResult,
  ObservationBatch,
  SignedBatch,
  SignedByAgent,
} from '@petrov/core/wire';
import { systemClock } from '@petrov/runtime/clock';
import { loadConfig } from '@petrov/runtime/config';
import { createLog } from '@petrov/runtime/log';
import { Shutdown } from '@petrov/runtime/shutdown';
import { canonicalJson, createSigner, generateKeyPair, verifySignature } from '@petrov/runtime/signing';
import { POSTGRES_BIN, type TestPostgres } from '@petrov/runtime/testing';
import { startAgent } from '../src/agent.ts';

type Waiting = { readonly poll: AgentPoll; readonly openedAtMs: number; readonly response: ServerResponse };

export async function startEngine() {
  const folder = mkdtempSync('/tmp/petrov-engine-');
  const keys = generateKeyPair();
  const signer = createSigner(keys.privateKeyPem);
  const polls = new Map<string, Waiting>();
  const results = new Map<string, AgentResult>();
  const agents = new Map<string, string>();
  const told: Sighting[] = [];
  const changed = new Set<() => void>();

  const server = createServer((request, response) => {
    void take(request, response).finally(() => {
      for (const check of changed) check();
    });
  });
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const json: unknown = JSON.parse(text);
    if (request.url === '/agent/v1/observations') {
      const { batch } = SignedBatch.parse(json);
      told.push(...ObservationBatch.parse(JSON.parse(batch)).observations);
    } else {
      const { agent, body, signature } = SignedByAgent.parse(json);
      if (!verifySignature(agents.get(agent) ?? '', body, signature)) return void response.writeHead(401).end();
      if (request.url === '/agent/v1/poll') {
        const poll = AgentPoll.parse(JSON.parse(body));
        polls.set(poll.member, { poll, openedAtMs: performance.now(), response });
        response.on('close', () => {
          if (polls.get(poll.member)?.response === response) polls.delete(poll.member); // the agent has ended
          for (const check of changed) check();
        });
        return;
      }
      const result = AgentResult.parse(JSON.parse(body));
      results.set(result.nonce, result);
    }
    response.writeHead(204).end();
  }
  const socket = join(folder, 'agents.sock');
  const open = async (): Promise<void> => {
    server.listen(socket);
    await once(server, 'listening');
  };
  await open();

  async function until<T>(find: () => T | undefined, what: string, withinMs = 40_000): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const check = () => {
      const found = find();
      if (found !== undefined) resolve(found);
    };
    changed.add(check);
    const timer = setTimeout(() => reject(new Error(`no ${what} within ${withinMs} ms`)), withinMs);
    check();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      changed.delete(check);
    }
  }

  /** Answers the member's poll with the command, changed as a test wants; resolves with the agent's answer. */
  async function command(member: string, change: Record<string, unknown>, sign = signer): Promise<AgentResult> {
    const { poll, openedAtMs, response } = await until(() => polls.get(member), `poll of ${member}`);
    polls.delete(member);
    const body = canonicalJson({
      v: 1,
      cluster: 'orders',
      member,
      systemIdentifier: poll.systemIdentifier,
      epoch: 1,
      agentNonce: poll.nonce,
      heldMs: Math.floor(performance.now() - openedAtMs),
      ttlMs: 10_000,
      approval: { proposal: 'p-1', revision: 1, planDigest: 'd' },
      ...change,
    });
    response.writeHead(200).end(JSON.stringify({ body, signature: sign.sign(body) }));
    return until(() => results.get(poll.nonce), 'result');
  }
  return {
    /** Resolves when the member's agent asks for work. */
    listening: (member: string) => until(() => polls.get(member), `poll of ${member}`),
    /** Resolves when nobody asks for work in its name any more. */
    gone: (member: string) => until(() => (polls.has(member) ? undefined : true), `end of ${member}`),
    folder,
    publicKey: keys.publicKey,
    url: `unix:${socket}`,
    agents,
    told,
    command,
    until,
    /** Nobody reaches it until it's opened again. */
    close: () => {
      server.close();
      server.closeAllConnections();
    },
    open,
    end: () => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
export type Engine = Awaited<ReturnType<typeof startEngine>>;

export type TestAgent = {
  readonly member: string;
  readonly configFile: string;
  start(): void;
  signal(signal: NodeJS.Signals): void;
  kill(): Promise<void>;
  end(): Promise<unknown>;
};

/** In the test's own process: a process of Node costs a second. */
export function startAgentWithin(
  engine: Engine,
  server: TestPostgres,
  of: { member: string; change?: Record<string, unknown> },
): Shutdown {
  const log = createLog('agent', 'error');
  const shutdown = new Shutdown(log);
  const file = writeConfig(engine, server, of);
  startAgent(loadConfig(file, AgentConfig), { clock: systemClock, log, shutdown });
  return shutdown;
}

/** As a process; `within` puts it into namespaces of its own. */
export function startAgentBeside(
  engine: Engine,
  server: TestPostgres,
  of: { member: string; change?: Record<string, unknown>; within?: readonly string[] },
): TestAgent {
  const configFile = writeConfig(engine, server, of);
  let child: ChildProcess | undefined;
  const start = () => {
    const argv = [...(of.within ?? []), process.execPath, 'apps/agent/src/main.ts', '--config', configFile];
    child = spawn(argv[0] ?? '', argv.slice(1), {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, PETROV_LOG: 'error' },
    });
  };
  const end = async (signal: NodeJS.Signals) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return undefined;
    const ended = once(child, 'exit');
    child.kill(signal);
    return (await ended)[0] as unknown;
  };
  start();
  return {
    member: of.member,
    configFile,
    start,
    signal: (signal) => void child?.kill(signal),
    kill: async () => void (await end('SIGKILL')),
    end: () => end('SIGTERM'),
  };
}

function writeConfig(
  engine: Engine,
  server: TestPostgres,
  { member, change = {} }: { member: string; change?: Record<string, unknown> },
): string {
  const folder = join(engine.folder, member);
  mkdirSync(folder, { mode: 0o700 });
  const keys = generateKeyPair();
  engine.agents.set(`agent:${member}`, keys.publicKey);
  writeFileSync(join(folder, 'key.pem'), keys.privateKeyPem);
  const config = {
    version: 1,
    cluster: 'orders',
    member,
    controller: engine.url,
    key: `file:${join(folder, 'key.pem')}`,
    enginePublicKey: engine.publicKey,
    allow: [...ACT_VERBS],
    dataDirectory: server.dataDirectory,
    socketDirectory: server.folder,
    port: server.port,
    stateDirectory: join(folder, 'state'),
    startCommand: server.startCommand,
    binDirectory: POSTGRES_BIN,
    logFile: join(server.folder, 'log'),
    ...change,
  };
  const configFile = join(folder, 'agent.yaml');
  writeFileSync(configFile, JSON.stringify(config)); // JSON is YAML
  return configFile;
}
