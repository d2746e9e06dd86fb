// Serves the built console and one recorded world the way the controller does: same routes, same headers, same live line.
// It decides nothing; what the page sends is kept for the test to look at.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { ChangeRequest, DecisionRequest, FaultRequest } from '@petrov/core/wire';
import { Server } from 'socket.io';
import { type World, type WorldName, worldOf } from './worlds.ts';

export const contentPolicy =
  "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'";
const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

export type Refusal = { readonly status: number; readonly code: string; readonly message: string };
type Reply = { readonly status: number; readonly body?: unknown };

export class ConsoleServer {
  readonly decisions: DecisionRequest[] = [];
  readonly faults: FaultRequest[] = [];
  readonly requests: ChangeRequest[] = [];
  readonly tokens: string[] = [];
  /** The next decision is refused so. */
  refuseNext: Refusal | undefined;
  readonly #folder: string;
  /** 2:31 into the outage when the tests begin. */
  readonly #t0 = Date.now() - 151_000;
  #name: WorldName = 'healthy';
  #isLiveOpen = true;
  readonly #http = createServer((request, response) => void this.#answer(request, response));
  readonly #live: Server;

  constructor(folder: string) {
    this.#folder = folder;
    this.#live = new Server(this.#http, {
      path: '/live',
      serveClient: false,
      allowRequest: (_request, decide) => decide(null, this.#isLiveOpen),
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#http.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#live.close();
    this.#http.closeAllConnections();
  }

  /** Changes the world and tells every open page over the live line, as the controller would. */
  show(name: WorldName): void {
    this.#name = name;
    const world = this.#world();
    for (const view of world.clusters) this.#live.emit('cluster', view);
    for (const view of world.proposals) this.#live.emit('proposal', view);
    const hasRun = world.proposals.some((view) => 'run' in view.proposal);
    for (const view of hasRun ? world.runs : []) this.#live.emit('run', view);
  }

  setLive(isOpen: boolean): void {
    this.#isLiveOpen = isOpen;
    if (!isOpen) this.#live.disconnectSockets(true);
  }

  #world(): World {
    return worldOf(this.#name, { t0: this.#t0, nowMs: Date.now() });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://console');
    if (url.pathname.startsWith('/live')) return;
    response.setHeader('content-security-policy', contentPolicy);
    if (!url.pathname.startsWith('/api/v1/')) {
      await this.#serveFile(url.pathname, response);
      return;
    }
    const body = request.method === 'POST' ? await readBody(request) : undefined;
    const { status, body: answer } = this.#route(request.method ?? 'GET', url, body);
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(answer === undefined ? '' : JSON.stringify(answer));
  }

  #route(method: string, url: URL, body: unknown): Reply {
    const world = this.#world();
    const [resource = '', id = '', part] = url.pathname.slice('/api/v1/'.length).split('/');
    if (resource === 'session') return this.#session(method, id, body, world);
    if (world.session === undefined) return failure(401, 'signed-out', 'Sign in first.');
    if (method === 'POST') return this.#take(resource, id, body, world);
    const views: Readonly<Record<string, unknown>> = {
      clusters: id === '' ? world.clusters : (partOf(world, part) ?? world.clusters.find((one) => one.id === id)),
      proposals: id === '' ? world.proposals : world.proposals.find((one) => one.proposal.id === id),
      runs: id === '' ? world.runs : world.runs.find((one) => one.id === id),
      audit: id === 'verify' ? world.verification : world.audit,
      sandbox: id === 'inbox' ? world.inbox : world.sandbox,
    };
    const view = views[resource];
    return view === undefined
      ? failure(404, 'not-found', `There is no ${resource} ${id} here. The list shows what there is.`)
      : { status: 200, body: view };
  }

  #session(method: string, by: string, body: unknown, world: World): Reply {
    if (method === 'GET')
      return world.session === undefined
        ? failure(401, 'signed-out', 'Sign in first.')
        : { status: 200, body: world.session };
    if (method === 'DELETE') {
      this.#name = 'signed-out';
      return { status: 204 };
    }
    if (by === 'password')
      return failure(401, 'wrong-password', 'Name and password do not fit. Nothing else was checked.');
    const { token } = body as { token: string };
    this.tokens.push(token);
    if (token === 'used') return failure(403, 'link-used', 'This link was used already.');
    this.#name = 'healthy';
    return { status: 200, body: this.#world().session };
  }

  #take(resource: string, id: string, body: unknown, world: World): Reply {
    if (resource === 'sandbox') {
      this.faults.push(FaultRequest.parse(body));
      return { status: 200, body: world.sandbox };
    }
    if (resource === 'clusters') {
      const asked = ChangeRequest.parse(body);
      this.requests.push(asked);
      this.#name = asked.kind;
      return { status: 200, body: { proposal: this.#world().proposals[0]?.proposal, says: 'An approver decides.' } };
    }
    const decision = DecisionRequest.parse(body);
    this.decisions.push(decision);
    const refusal = this.refuseNext;
    this.refuseNext = undefined;
    if (refusal !== undefined) return failure(refusal.status, refusal.code, refusal.message);
    if (decision.decision === 'approve') this.#name = 'running';
    const proposal = this.#world().proposals.find((one) => one.proposal.id === id)?.proposal;
    return {
      status: 200,
      body: { proposal, says: decision.decision === 'hold' ? 'Waiting a minute; it is measured again.' : 'Taken.' },
    };
  }

  async #serveFile(path: string, response: ServerResponse): Promise<void> {
    const isFile = extname(path) in types;
    const file = join(this.#folder, isFile ? normalize(path) : 'index.html');
    const content = await readFile(file).catch(() => undefined);
    response.writeHead(content === undefined ? 404 : 200, { 'content-type': types[extname(file)] ?? 'text/plain' });
    response.end(content);
  }
}

/** What stands below a cluster's own path. */
function partOf({ history, readiness }: World, part: string | undefined): unknown {
  return part === 'history' ? history : part === 'readiness' ? readiness : undefined;
}

function failure(status: number, code: string, message: string): Reply {
  return { status, body: { error: { code, message } } };
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return JSON.parse(text) as unknown;
}
