// self: whether to believe this witness. How late its own loop runs, whether its wall clock stepped, whether it has a
// network at all and reaches its peers.
import { Socket } from 'node:net';
import type { Sighting } from '@petrov/core/observation';
import type { WitnessConfig } from '@petrov/core/wire';
import { CONNECT_MS } from '../probe.ts';
import type { ClockWatch } from '../self/clock-watch.ts';
import { connectOnce } from './tcp.ts';

type SelfFacts = Extract<Sighting, { probe: 'self' }>['facts'];
type Surroundings = Pick<WitnessConfig, 'gateway' | 'peers'>;

export const self = {
  probe: 'self',
  async ask(surroundings: Surroundings, clockWatch: ClockWatch): Promise<SelfFacts> {
    const [gateway, peers] = await Promise.all([
      surroundings.gateway === undefined ? undefined : askGateway(surroundings.gateway),
      Promise.all(surroundings.peers.map(async (peer) => ((await isPeerThere(peer)) ? [peer.id] : []))),
    ]);
    return {
      ...clockWatch.take(),
      ...(gateway === undefined ? {} : { gateway }),
      ...(surroundings.peers.length === 0 ? {} : { peers: peers.flat() }),
    };
  },
} as const;

/** A refusal is an answer too: something is there, so this witness has a network. */
async function askGateway({ host, port }: { host: string; port: number }): Promise<'ok' | 'unreachable'> {
  try {
    await connectOnce(host, port, CONNECT_MS);
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED' ? 'ok' : 'unreachable';
  }
}

/** A peer says its own id at its door; anything else isn't the peer. */
async function isPeerThere(peer: { id: string; host: string; port: number }): Promise<boolean> {
  const socket = new Socket();
  const { promise, resolve } = Promise.withResolvers<string>();
  let heard = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk) => {
    heard += String(chunk);
    if (heard.includes('\n') || heard.length > 200) resolve(heard);
  });
  socket.once('error', () => resolve(''));
  socket.once('close', () => resolve(heard));
  const timer = setTimeout(() => resolve(''), CONNECT_MS);
  socket.connect(peer.port, peer.host);
  try {
    return (await promise).trim() === peer.id;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
