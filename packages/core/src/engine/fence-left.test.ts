// Giving up with the fence left standing: always possible unless a promotion may be pending, and the cluster is guarded again,
// so that another standby or another fence may be proposed. What is told of the old primary is only what is proven.
import { type Told, witnesses } from '@petrov/sim/cases';
import { Failover, proof } from '@petrov/sim/failover';
import { dead, quiet, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import type { Observation } from '../observation/index.ts';
import { viewRun } from './view-proposal.ts';

const left = { leavesFence: true };
const withoutCandidate: Told = { ...dead, standbys: { 'orders-2': { ...quiet, isSilent: true }, 'orders-3': quiet } };
const silent = (atMs: number) =>
  witnesses.map(({ id }): Observation => {
    return { by: id, cluster: 'orders', member: 'orders-2', probe: 'sql', outcome: 'timeout', atMs };
  });

/** Its candidate is gone after the fence. */
function withoutItsCandidate(): Failover {
  const play = new Failover();
  play.fence();
  play.end('refused');
  play.until(play.second + 10, withoutCandidate, silent);
  expect(play.proposal?.state).toBe('stuck');
  return play;
}

describe('a run that is given up with its fence left', () => {
  it('lifts nothing, says how a person does, and the standby that remains is proposed', () => {
    const play = withoutItsCandidate();
    const { run } = play.cluster;
    expect(play.answer('abandon', left)).toMatchObject({ ok: true });
    play.endGivingBack();
    expect(play.effects.some((e) => e.type === 'perform' && e.step.verb === 'unfence')).toBe(false);
    expect(play.proposal).toMatchObject({
      state: 'abandoned',
      because: expect.stringMatching(/orders-1 stays fenced: it takes no writes\. To lift it.* remove fence\.json/),
    });
    const fenceLeft = { member: 'orders-1', method: 'agent', proposal: 'orders-p1', isProven: true };
    expect(play.cluster).toMatchObject({ run: undefined, record: { primary: 'orders-1', fenceLeft } });
    play.until(play.second + 2, withoutCandidate, silent);
    expect(play.proposal).toMatchObject({ id: 'orders-p2', revision: { plan: { candidate: 'orders-3' } } });
    expect(run?.plan.candidate).toBe('orders-2');
  });

  it('says that nothing is known of a primary whose fence was not proven', () => {
    const play = new Failover();
    play.look();
    play.endEach('ambiguous');
    play.answer('abandon', left);
    play.endGivingBack();
    expect(play.proposal).toMatchObject({
      state: 'abandoned',
      because: expect.stringContaining("The fence of orders-1 was asked for and isn't proven"),
    });
    expect(play.cluster.record.fenceLeft).toMatchObject({ isProven: false });
    // Its agent is silent by now: what proved nothing isn't planned again, but without any fence, which takes two.
    const { host: _, ...silentAgent } = dead;
    play.until(play.second + 10, silentAgent);
    expect(play.proposal).toMatchObject({
      id: 'orders-p2',
      state: 'open',
      revision: { plan: { fence: { method: 'unfenced' } } },
    });
    play.until(play.second + 15, dead);
    expect(play.proposal).toMatchObject({ id: 'orders-p2', revision: { plan: { fence: { method: 'agent' } } } });
  });

  it('drops a promotion that may be pending first, and is refused while that can’t be shown', () => {
    const play = new Failover();
    play.fence();
    play.look();
    play.endEach('ambiguous');
    play.answer('abandon', left);
    expect(play.performed.step.verb).toBe('drop-promotion');
    play.endEach('ambiguous');
    expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('Petrov adopts that one') });
    play.answer('abandon', left);
    play.end('done', { 'orders-2': play.standby });
    play.endGivingBack();
    expect(play.proposal?.state).toBe('abandoned');
    expect(play.effects.some((e) => e.type === 'perform' && e.step.verb === 'unfence')).toBe(false);
  });

  it('needs no word of a candidate that refused its promotion', () => {
    const play = new Failover();
    play.fence();
    play.look();
    play.endEach('refused');
    expect(play.proposal?.state).toBe('stuck');
    play.answer('abandon', left);
    play.endGivingBack();
    expect(play.proposal?.state).toBe('abandoned');
  });

  it('needs none either of one to whom nothing of it was ever sent', () => {
    const play = new Failover();
    play.fence();
    play.look();
    const { run, step, attempt } = play.performed;
    const says = 'nothing was sent';
    const result = {
      run: run.id,
      step: step.id,
      attempt,
      state: 'ambiguous',
      says,
      facts: {},
      isUnsent: true,
    } as const;
    play.feed({ type: 'step-result', nowMs: play.nowMs, result });
    play.end('refused');
    expect(play.proposal?.state).toBe('stuck');
    play.answer('abandon');
    expect(play.performed.step.verb).toBe('unfence');
    play.end('refused');
    play.answer('abandon', left);
    play.endGivingBack();
    expect(play.proposal?.state).toBe('abandoned');
  });

  it('needs none either of one to whom nothing of it was ever sent', () => {
    const play = new Failover();
    play.fence();
    play.look();
    const { run, step, attempt } = play.performed;
    const says = 'nothing was sent';
    const result = {
      run: run.id,
      step: step.id,
      attempt,
      state: 'ambiguous',
      says,
      facts: {},
      isUnsent: true,
    } as const;
    play.feed({ type: 'step-result', nowMs: play.nowMs, result });
    play.end('refused');
    expect(play.proposal?.state).toBe('stuck');
    play.answer('abandon');
    expect(play.performed.step.verb).toBe('unfence');
    play.end('refused');
    play.answer('abandon', left);
    play.endGivingBack();
    expect(play.proposal?.state).toBe('abandoned');
  });

  it('is refused once it has promoted', () => {
    const promoted = new Failover();
    promoted.promote();
    promoted.end('refused');
    expect(promoted.answer('abandon', left)).toMatchObject({ ok: false, code: 'already-promoted' });
  });
});

describe('a fence that was left', () => {
  const readOnly = (atMs: number) =>
    witnesses.map(({ id }): Observation => {
      const facts = { inRecovery: true, timeline: 1 };
      return { by: id, cluster: 'orders', member: 'orders-1', probe: 'sql', outcome: 'ok', atMs, facts };
    });

  it('keeps a primary that is back read-only from being called healthy; what it left is proposed all the same', () => {
    const play = withoutItsCandidate();
    play.answer('abandon', left);
    play.endGivingBack();
    const back: Told = { ...withoutCandidate, by: [], host: 'running', client: { succeeded: 0, failed: 50 } };
    play.until(play.second + 20, back, (atMs) => [...silent(atMs), ...readOnly(atMs)]);
    expect(play.cluster.assessment).toMatchObject({ verdict: 'primary-down' });
    expect(play.proposal).toMatchObject({ id: 'orders-p2', state: 'open' });
  });

  it('is forgotten once the primary serves again', () => {
    const play = withoutItsCandidate();
    play.answer('abandon', left);
    play.endGivingBack();
    play.until(play.second + 20, well);
    expect(play.cluster.assessment?.verdict).toBe('healthy');
    expect(play.cluster.record.fenceLeft).toBeUndefined();
  });
});

describe('what is told of a stuck run', () => {
  it('is known, is safe, and is what each way on does and leaves', () => {
    const play = new Failover();
    play.look();
    play.end('done', { 'orders-1': proof });
    play.end('refused');
    const { run, proposal } = play.cluster;
    if (run === undefined || proposal === undefined) throw new Error('no run');
    expect(viewRun(run, proposal, { nowMs: play.nowMs }).stuck).toEqual({
      known: [
        'settle is refused.',
        'orders-1 is fenced, with proof: it takes no writes.',
        'No promotion was sent: this run has promoted nobody.',
      ],
      safe: 'To wait is safe: nothing goes on by itself. To promote a standby by hand is safe: Petrov adopts it, and this run ends.',
      resume:
        'Looks again first, then goes on with the same plan from where it stands; it stops again where that is not as planned.',
      giveUp: expect.stringMatching(
        /^Does, in this order: open the start gate of orders-1 .* it starts orders-1 again\.$/,
      ),
      leaveFence: expect.stringContaining(', and lifts nothing: orders-1 stays as it is.'),
    });
  });

  it('warns of another promotion while one may be pending, and of a primary that may take writes', () => {
    const pending = new Failover();
    pending.fence();
    pending.look();
    pending.endEach('ambiguous');
    const unproven = new Failover();
    unproven.look();
    unproven.endEach('ambiguous');
    const safe = [pending, unproven].map(({ cluster: { run, proposal }, nowMs }) =>
      run === undefined || proposal === undefined ? '' : viewRun(run, proposal, { nowMs }).stuck?.safe,
    );
    expect(safe[0]).toContain('It is not safe to promote another standby by hand, unless orders-2 is off for good.');
    expect(safe[1]).toContain('once orders-1 is surely off');
  });
});
