// A TCP relay on this host that can be shut: what comes then is taken and never answered, as by a server that hangs.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export class Valve implements AsyncDisposable {
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  isShut = false;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(toPort: number): Promise<Valve> {
    const server = createServer();
    const valve = new Valve(server);
    server.on('connection', (near) => {
      valve.#keep(near);
      if (valve.isShut) return;
      const far = connect(toPort, '127.0.0.1');
      valve.#keep(far);
      near.pipe(far).pipe(near);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return valve;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
    await once(this.#server, 'close');
  }

  #keep(socket: Socket): void {
    this.#open.add(socket);
    socket.on('error', () => undefined); // the other end is told by its own close
    socket.on('close', () => this.#open.delete(socket));
  }
}
