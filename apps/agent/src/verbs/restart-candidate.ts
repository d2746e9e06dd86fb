// restart-candidate: stops and starts a standby, which drops a promotion that is pending. Never a server that is out of
// recovery: its promotion has happened. The stop is immediate: a fast one ends the query that blocks replay first, and the
// promotion then wins the race (seen on 15). A standby loses nothing by it. What the promotion lifted of its fence and gate is
// put back before it starts.
import { hasStandbySignal } from '../postgres/down-facts.ts';
import { askLocally, readFacts } from '../postgres/local-server.ts';
import { startServer } from '../postgres/start.ts';
import { stopAll } from '../postgres/stop.ts';
import { putBackHolds } from '../state/holds.ts';
import { ambiguous, done, leftMs, refused, type Verb } from '../verb.ts';
import { lookAround } from './look.ts';

const START_MS = 30_000;

export const restartCandidate: Verb<'restart-candidate'> = {
  verb: 'restart-candidate',
  async act(given) {
    const { host, command } = given;
    const { config } = host;
    const { dataDirectory, member } = config;
    const before = await lookAround(host);
    if (before.facts?.inRecovery === false) return refused(`${member} is out of recovery already.`, before.facts);
    const left = await stopAll(dataDirectory, { fastMs: 0, immediateMs: 2_000, killMs: 4_000 });
    if (left.length > 0) return ambiguous(`${member} can't be stopped: ${left.length} processes are left.`);
    if (!hasStandbySignal(dataDirectory)) {
      return ambiguous(`${member} was promoted before it stopped: it has no standby.signal, and wasn't started again.`);
    }
    putBackHolds(host.state, command.epoch);
    const failed = await startServer(config, leftMs(given, Math.min(command.ttlMs, START_MS)));
    if (failed !== undefined) return ambiguous(`${member} was stopped and didn't start: ${failed}`);
    const facts = await askLocally(config, (ask) => readFacts(ask, config));
    if (facts.inRecovery !== true) return ambiguous(`${member} came back out of recovery.`, facts);
    return done(`${member} was restarted and is in recovery on timeline ${facts.timeline}: nothing is pending.`, facts);
  },
};
