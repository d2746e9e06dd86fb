// The sandbox's control: HTTP on a unix socket that only its owner can open. What runs, what can be broken, break it, heal
// it, and the inbox. The controller passes these on to signed-in people; a terminal may ask it directly.
import { chmod, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { FaultRequest, type InboxView, type SandboxView } from '@petrov/core/wire';
import { type ActiveFault, FAULTS, type FaultName, readFaultArguments, SandboxError, type Site } from '@petrov/sandbox';
import { z } from 'zod';
import type { Inbox } from './inbox.ts';
import { listPressable } from './pressable.ts';

const BODY_BYTES_MAX = 65_536;

type Answer = { readonly status: number; readonly body: unknown };
type Deps = { readonly site: Site; readonly inbox: Inbox };

export class Control implements AsyncDisposable {
  readonly #server: Server;
  readonly #deps: Deps;
  readonly #socketPath: string;

  private constructor(deps: Deps, socketPath: string) {
    this.#deps = deps;
    this.#socketPath = socketPath;
    this.#server = createServer((request, response) => {
      void this.#respond(request).then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
      });
    });
  }

  static async start(deps: Deps, socketPath: string): Promise<Control> {
    const control = new Control(deps, socketPath);
    await rm(socketPath, { force: true });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    control.#server.once('error', reject);
    control.#server.listen(socketPath, resolve);
    await promise;
    await chmod(socketPath, 0o600);
    return control;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    this.#server.closeAllConnections();
    await promise;
    await rm(this.#socketPath, { force: true });
  }

  async #respond(request: IncomingMessage): Promise<Answer> {
    try {
      return await this.#route(`${request.method} ${request.url}`, request);
    } catch (error) {
      return explain(error);
    }
  }

  async #route(asked: string, request: IncomingMessage): Promise<Answer> {
    switch (asked) {
      case 'GET /sandbox':
        return { status: 200, body: await viewSandbox(this.#deps.site) };
      case 'GET /sandbox/inbox':
        return { status: 200, body: viewInbox(this.#deps.inbox) };
      case 'POST /sandbox/faults': {
        const { name, args } = FaultRequest.parse(JSON.parse(await readBody(request)));
        const stamp = await applyFault(this.#deps.site, name, args);
        return { status: 200, body: { name, args, atMs: stamp.atMs } };
      }
      case 'POST /sandbox/heal':
        request.resume();
        return { status: 200, body: { healed: await this.#deps.site.heal() } };
      default:
        return refuse(404, 'no-such-route', `The sandbox has no "${asked}". Nothing was changed.`);
    }
  }
}

/** One fault by its name and the words of a command line, as a terminal or a button gives them. */
export async function applyFault(site: Site, name: string, args: readonly string[]) {
  const known = FAULTS.find((fault) => fault.name === name);
  if (known === undefined) {
    const names = FAULTS.map((fault) => fault.name).join(', ');
    throw new SandboxError('no-such-name', `there is no fault "${name}"; there are ${names}`);
  }
  return await site.fault(known.name as FaultName, readFaultArguments(name, args));
}

async function viewSandbox(site: Site): Promise<SandboxView> {
  const { members, activeFaults } = await site.status();
  return {
    site: site.id,
    members: members.map(({ id, postgres }) => ({ id, postgres })),
    faults: listPressable(members).map((fault) => ({ ...fault, args: [...fault.args] })),
    active: activeFaults.map((fault) => ({ name: fault.name, args: wordsOf(fault), atMs: fault.atMs })),
  };
}

/** A fault's arguments as a person would have typed them. */
function wordsOf(active: ActiveFault): string[] {
  const positional: readonly string[] = FAULTS.find((fault) => fault.name === active.name)?.positional ?? [];
  const named = Object.entries(active.args).filter(
    ([key, value]) => !positional.includes(key) && value !== false && value !== 'both',
  );
  return [
    ...positional.map((key) => wordOf(active.args[key])),
    ...named.map(([key, value]) => (value === true ? `--${key}` : `--${key}=${wordOf(value)}`)),
  ];
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value ?? '');
}

function viewInbox(inbox: Inbox): InboxView {
  return {
    messages: inbox.messages.map(({ id, receivedAtMs, signatureOk, type, body }) => ({
      id,
      receivedAtMs,
      signatureOk,
      type,
      body,
    })),
  };
}

function explain(error: unknown): Answer {
  if (error instanceof z.ZodError) {
    const [issue] = error.issues;
    return refuse(400, 'bad-request', issue?.message ?? 'bad form', ['body', ...(issue?.path ?? [])].join('.'));
  }
  if (error instanceof SyntaxError)
    return refuse(400, 'bad-request', 'The body is no JSON. Nothing was changed.', 'body');
  if (!(error instanceof SandboxError))
    return refuse(500, 'failed', error instanceof Error ? error.message : String(error));
  const isRefusal = ['no-such-name', 'bad-arguments'].includes(error.code);
  const isState = ['not-running', 'running', 'gate-refused', 'not-up'].includes(error.code);
  return refuse(isRefusal ? 400 : isState ? 409 : 500, error.code, error.message);
}

function refuse(status: number, code: string, message: string, where?: string): Answer {
  return { status, body: { error: { code, message, ...(where === undefined ? {} : { where }) } } };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request as AsyncIterable<Buffer>) {
    text += part.toString('utf8');
    if (text.length > BODY_BYTES_MAX) throw new SyntaxError('the body is too large');
  }
  return text;
}
