// The live line to consoles: socket.io at /live, from the server to the client only. A handshake needs our Host, an
// Origin of ours and a session that counts; when that session ends, its sockets are cut. Whatever a client sends is
// ignored: a decision is an HTTP request.
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import type { Role } from '@petrov/core/approval';
import type { AuditPage, ClusterView, ProposalView, RunView, SandboxView } from '@petrov/core/wire';
import { Server, type Socket } from 'socket.io';
import type { ApiContext } from '../api/context.ts';
import { isFromOurPages, isHostOurs } from '../api/guard.ts';
import { readClusters } from '../api/views.ts';
import { readSessionCookie } from '../auth/cookie.ts';
import type { ActiveSession } from '../auth/sessions.ts';

const SOCKETS_MAX = 500;
const SWEEP_EVERY_MS = 10_000;
const CLIENT_MESSAGE_BYTES_MAX = 4_096;

type LiveEvents = {
  cluster: (view: ClusterView) => void;
  proposal: (view: ProposalView) => void;
  run: (view: RunView) => void;
  audit: (entry: AuditPage['entries'][number]) => void;
  sandbox: (view: SandboxView) => void;
};
type LiveSocket = Socket<Record<string, never>, LiveEvents>;

export class Live {
  readonly #server: Server<Record<string, never>, LiveEvents>;
  readonly #context: ApiContext;
  readonly #sessions = new WeakMap<IncomingMessage, ActiveSession>();
  readonly #sweep: ReturnType<typeof setInterval>;
  readonly #unsubscribe: () => void;

  constructor(http: HttpServer, context: ApiContext) {
    this.#context = context;
    this.#server = new Server(http, {
      path: '/live',
      serveClient: false,
      maxHttpBufferSize: CLIENT_MESSAGE_BYTES_MAX,
      allowRequest: (request, answer) => {
        this.#admit(request).then(
          (refusal) => answer(refusal, refusal === undefined),
          (error: unknown) => {
            context.deps.log.warn({ err: error }, 'a live handshake could not be checked');
            answer('the store does not answer', false);
          },
        );
      },
    });
    this.#server.on('connection', (socket) => this.#welcome(socket));
    this.#sweep = setInterval(() => this.#cutEnded(), SWEEP_EVERY_MS);
    this.#unsubscribe = context.auth.sessions.onRevoked((id) => this.#cut(id));
  }

  count(): number {
    return this.#server.of('/').sockets.size;
  }

  tell<Name extends 'cluster' | 'run' | 'audit' | 'sandbox'>(
    name: Name,
    ...content: Parameters<LiveEvents[Name]>
  ): void {
    this.#server.emit(name, ...content);
  }

  tellRole(role: Role, view: ProposalView): void {
    this.#server.to(roomOfRole(role)).emit('proposal', view);
  }

  async stop(): Promise<void> {
    clearInterval(this.#sweep);
    this.#unsubscribe();
    this.#server.disconnectSockets(true);
    await this.#server.close();
  }

  /** Why this handshake is refused; undefined lets it in. */
  async #admit(request: IncomingMessage): Promise<string | undefined> {
    const site = this.#context.site();
    if (!isHostOurs(request, site)) return 'host not allowed';
    if (!isFromOurPages(request, site)) return 'wrong origin';
    if (this.count() >= SOCKETS_MAX) return 'too many sockets';
    const token = readSessionCookie(request, site);
    const session = token === undefined ? undefined : await this.#context.auth.sessions.find(token);
    if (session === undefined) return 'not signed in';
    this.#sessions.set(request, session);
    return undefined;
  }

  #welcome(socket: LiveSocket): void {
    const session = this.#sessions.get(socket.request);
    if (session === undefined) {
      socket.disconnect(true);
      return;
    }
    void socket.join([roomOfSession(session.id), roomOfRole(session.user.role)]);
    for (const view of readClusters(this.#context.deps)) socket.emit('cluster', view);
    // It may have been revoked while the handshake went on, before this socket could be found by its session.
    this.#cutIfEnded([session.id]);
  }

  #cutEnded(): void {
    const rooms = [...this.#server.of('/').adapter.rooms.keys()];
    const open = rooms.flatMap((room) => (room.startsWith(SESSION_ROOM) ? [room.slice(SESSION_ROOM.length)] : []));
    if (open.length > 0) this.#cutIfEnded(open);
  }

  #cutIfEnded(ids: readonly string[]): void {
    this.#context.auth.sessions.stillActive(ids).then(
      (active) => {
        for (const id of ids) if (!active.has(id)) this.#cut(id);
      },
      (error: unknown) => this.#context.deps.log.warn({ err: error }, 'open sessions could not be checked'),
    );
  }

  #cut(sessionId: string): void {
    this.#server.in(roomOfSession(sessionId)).disconnectSockets(true);
  }
}

const SESSION_ROOM = 'session:';

function roomOfSession(id: string): string {
  return `${SESSION_ROOM}${id}`;
}

function roomOfRole(role: Role): string {
  return `role:${role}`;
}
