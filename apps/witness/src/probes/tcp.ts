// tcp: does anything accept a connection at the member's address? A frozen server's kernel does, for 11 to 14 s.
import { isIP, Socket } from 'node:net';
import { DeadlinePassed, explainFailure, type Phase, type Target } from '@petrov/runtime/postgres';
import { type AnswerOf, CONNECT_MS } from '../probe.ts';

export const tcp = {
  probe: 'tcp',
  async ask(target: Target): Promise<AnswerOf<'tcp'>> {
    await connectOnce(target.host, target.port, CONNECT_MS);
    return { probe: 'tcp', outcome: 'ok' };
  },
  failed(error: unknown): AnswerOf<'tcp'> {
    const { outcome } = explainFailure(error);
    switch (outcome) {
      case 'refused':
      case 'timeout':
      case 'unreachable':
      case 'dns-failed':
        return { probe: 'tcp', outcome };
      default:
        return { probe: 'tcp', outcome: 'unreachable' };
    }
  },
} as const;

/** Connects and lets go. Rejects with the system's error, or DeadlinePassed; no socket is left either way. */
export async function connectOnce(host: string, port: number, withinMs: number): Promise<void> {
  const socket = new Socket();
  let phase: Phase = host.startsWith('/') || isIP(host) !== 0 ? 'connect' : 'dns';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('lookup', () => {
    phase = 'connect';
  });
  socket.once('connect', () => resolve());
  socket.once('error', reject);
  const timer = setTimeout(() => reject(new DeadlinePassed(phase, withinMs)), withinMs);
  if (host.startsWith('/')) socket.connect(`${host}/.s.PGSQL.${port}`);
  else socket.connect(port, host);
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
