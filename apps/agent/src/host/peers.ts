// This host's own look at the other members, over the database network: up to an answer of the server.
import type { PeerReach } from '@petrov/core/observation';
import type { AgentConfig } from '@petrov/core/wire';
import { Connection, explainFailure, TIMELINE_SQL } from '@petrov/runtime/postgres';
import { resolveSecret } from '@petrov/runtime/secrets';
import { z } from 'zod';
import { KeptSession } from './kept-session.ts';

type Reach = z.infer<typeof PeerReach>;
type Peer = AgentConfig['peers'][number];
const WITHIN_MS = 1_000;

/** A session with each peer, kept from look to look. */
export type PeerSessions = ReadonlyMap<string, KeptSession>;

export function keepPeerSessions(config: AgentConfig): PeerSessions {
  return new Map(config.peers.map((peer) => [peer.id, new KeptSession(() => openPeer(peer, config.member))]));
}

/** `isFresh`: by new sessions, which find what an old one doesn't, such as a stopped postmaster. */
export async function lookAtPeers(sessions: PeerSessions, isFresh: boolean): Promise<Record<string, Reach>> {
  return Object.fromEntries(
    await Promise.all([...sessions].map(async ([id, session]) => [id, await reach(session, isFresh)] as const)),
  );
}

/** Any answer of the server, even a refusal in its words, says that it lives. */
async function reach(session: KeptSession, isFresh: boolean): Promise<Reach> {
  try {
    await session.look(isFresh);
    return 'ok';
  } catch (error) {
    const { outcome } = explainFailure(error);
    switch (outcome) {
      case 'refused':
      case 'timeout':
      case 'unreachable':
        return outcome;
      case 'dns-failed':
        return 'unreachable';
      default:
        return 'ok';
    }
  }
}

export type PeerAnswer = { readonly id: string; readonly inRecovery: boolean; readonly timeline: number };
const Row = z.object({ in_recovery: z.boolean(), timeline: z.number().int() });

/** What the peers say they are; only those that answered within the bound. */
export async function askPeers(config: AgentConfig): Promise<PeerAnswer[]> {
  const answers = await Promise.allSettled(config.peers.map((peer) => askPeer(peer, config.member)));
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

/** Undefined for one that isn't among the peers; rejects when it doesn't answer. */
export async function askPeerById(config: AgentConfig, id: string): Promise<PeerAnswer | undefined> {
  const peer = config.peers.find((one) => one.id === id);
  return peer && askPeer(peer, config.member);
}

async function askPeer(peer: Peer, member: string): Promise<PeerAnswer> {
  const connection = await openPeer(peer, member);
  try {
    const { rows } = await connection.query(
      `SELECT pg_is_in_recovery() AS in_recovery, ${TIMELINE_SQL} AS timeline`,
      WITHIN_MS,
    );
    const row = Row.parse(rows[0]);
    return { id: peer.id, inRecovery: row.in_recovery, timeline: row.timeline };
  } finally {
    await connection.close();
  }
}

export function openPeer(peer: Peer, member: string, applicationName = `petrov-agent-${member}`): Promise<Connection> {
  const { host, port, user, database, password } = peer;
  return Connection.open(
    {
      host,
      port,
      user,
      database,
      password: password === undefined ? undefined : resolveSecret(password),
      applicationName,
    },
    WITHIN_MS,
  );
}
