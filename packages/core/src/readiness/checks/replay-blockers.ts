// What keeps a standby from replaying all it received, and with that from being promoted: a pause, a delay, a query.
import {
  at,
  type Check,
  costs,
  fails,
  type Finding,
  isCandidate,
  numberOf,
  ok,
  standbysOf,
  worstOf,
} from '../check.ts';
import type { ReadinessFacts, ServerFacts } from '../facts.ts';

const LONG_S = 60;

export const replayBlockers: Check = {
  id: 'replay-blockers',
  title: 'Replay',
  examine: (facts) =>
    worstOf(
      standbysOf(facts).map((member) => at(member, (server, id) => examineOne(facts, server, id))),
      'Nothing holds up replay: no pause, no delay, no long transaction at a standby.',
    ),
};

function examineOne(facts: ReadinessFacts, server: ServerFacts, id: string): Finding {
  const ofCandidate = isCandidate(facts, id) ? fails : costs;
  if (server.isReplayPaused)
    return ofCandidate(
      `Replay is paused at ${id}: what it received isn’t applied.`,
      `SELECT pg_wal_replay_resume() at ${id}.`,
    );
  const delayMs = numberOf(server, 'recovery_min_apply_delay') ?? 0;
  if (delayMs > 0)
    return costs(
      `${id} replays ${delayMs / 1_000} s late on purpose: it is no candidate, or it has to catch up first.`,
    );
  const longest = server.longestTransaction;
  if (longest === null || longest.seconds < LONG_S) return ok('');
  const maxMs = numberOf(server, 'max_standby_streaming_delay') ?? 0;
  const says = `A transaction has run for ${Math.round(longest.seconds / 60)} min at ${id} (pid ${longest.pid}): where replay conflicts with it,`;
  const toDo = `End it before a failover: SELECT pg_terminate_backend(${longest.pid}) at ${id}.`;
  if (maxMs === -1)
    return ofCandidate(`${says} a promotion waits until it ends (max_standby_streaming_delay = -1).`, toDo);
  return costs(`${says} a promotion waits up to ${maxMs / 1_000} s.`, toDo);
}
