// The time of day may be set while a run looks: ages of answers mean nothing then, and it's looked at again. (I3)
import { T, tell } from '@petrov/sim/cases';
import { dead, Play } from '@petrov/sim/play';
import { expect, it } from 'vitest';

/** Three seconds after the question the witnesses' answers and the members' facts are in; the clock was set by so much meanwhile. */
function lookedWith(setMs: number): Play {
  const play = new Play();
  play.until(40, dead);
  play.answer('approve');
  const { nonce, run, step, attempt } = play.performed;
  const { candidate, candidateLsn: receivedLsn, systemIdentifier } = run.plan;
  const facts = { [candidate]: { inRecovery: true, timeline: 1, systemIdentifier, receivedLsn } };
  const steadyMs = T + play.second * 1_000;
  const observations = tell([play.second, play.second + 1], dead).map((o) => ({ ...o, nonce, atMs: o.atMs + setMs }));
  const now = { nowMs: steadyMs + setMs, steadyMs };
  play.feed({ type: 'observations', ...now, observations });
  const result = { run: run.id, step: step.id, attempt, state: 'done', says: 'read', facts } as const;
  play.feed({ type: 'step-result', ...now, result });
  return play;
}

it.each<[string, number, string]>([
  ['goes on with a clock that nobody set', 0, 'fence 1'],
  ['goes on with one that is slewed', -50, 'fence 1'],
  ['looks again after one that was set back by less than the look’s deadline', -2_000, 'look 2'],
  ['looks again after one that was set forward, or a machine that slept', 2_000, 'look 2'],
])('%s', (_, setMs, next) => {
  const play = lookedWith(setMs);
  expect(`${play.performed.step.id} ${play.performed.attempt}`).toBe(next);
  const says = play.effects.flatMap((e) => (e.type === 'audit' && e.entry.code === 'P3005' ? [e.entry.says] : []));
  expect(says).toEqual(
    next === 'look 2' ? ['look: The clock was set meanwhile: how old the answers are can’t be told.'] : [],
  );
});
