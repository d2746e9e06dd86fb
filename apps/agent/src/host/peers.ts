// This host's own look at the other members, over the database network: a fresh connection up to an answer of the server.
import type { PeerReach } from '@petrov/core/observation';
import type { AgentConfig } from '@petrov/core/wire';
import { Connection, explainFailure, TIMELINE_SQL } from '@petrov/runtime/postgres';
import { resolveSecret } from '@petrov/runtime/secrets';
import { z } from 'zod';

type Reach = z.infer<typeof PeerReach>;
type Peer = AgentConfig['peers'][number];
const WITHIN_MS = 1_000;

export async function lookAtPeers(config: AgentConfig): Promise<Record<string, Reach>> {
  return Object.fromEntries(
    await Promise.all(config.peers.map(async (peer) => [peer.id, await reach(peer, config.member)] as const)),
  );
}

/** Any answer of the server, even a refusal in its words, says that it lives. */
async function reach(peer: Peer, member: string): Promise<Reach> {
  try {
    const connection = await openPeer(peer, member);
    await connection.close();
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

function openPeer(peer: Peer, member: string): Promise<Connection> {
  const { host, port, user, database, password } = peer;
  return Connection.open(
    {
      host,
      port,
      user,
      database,
      password: password === undefined ? undefined : resolveSecret(password),
      applicationName: `petrov-agent-${member}`,
    },
    WITHIN_MS,
  );
}
