// What a person reads at a terminal before they answer: whether the old primary can still take writes, asked and answered.
import { viewProposal, viewRun } from '@petrov/core/engine';
import { topologyOf } from '@petrov/sim/cases';
import { Failover } from '@petrov/sim/failover';
import { dead, Play, well } from '@petrov/sim/play';
import { describe, expect, it } from 'vitest';
import { tellOpenProposal } from './cluster.ts';
import { tellProposal, tellRun } from './proposal.ts';

function viewOf(play: Play) {
  const { proposal, state, nowMs } = play;
  if (proposal === undefined) throw new Error('nothing is asked');
  return viewProposal(state, { proposal, nowMs, role: 'approver' });
}

describe('a proposal at a terminal', () => {
  it('of a failover says whether the old primary can still take writes, and by what that is proven', () => {
    const play = new Play();
    play.until(35, dead);
    const says =
      'Can orders-1 still take writes? No, once the agent on orders-1 has stopped Postgres and closed its start gate; promotion waits for that proof.';
    expect(tellProposal(viewOf(play))).toContain(`\n${says}\n`);
    expect(tellOpenProposal(viewOf(play))).toContain(`    ${says}\n`);
  });

  it('that takes two people says so, why, how many have approved, and what each has to name', () => {
    const play = new Play({}, well, { ...topologyOf(), fences: [] });
    play.until(35, dead);
    const takes = 'Takes two people: nothing keeps orders-1 from taking writes.';
    const names = 'Each names it: --accept-loss 65536 (64.0 KiB) --unfenced orders-1.';
    expect(tellProposal(viewOf(play))).toContain(`${takes} ${names}`);
    play.answer('approve', { overrides: { unfenced: 'orders-1' }, reason: 'the rack burns' });
    const waiting = tellProposal(viewOf(play));
    expect(waiting).toContain(`${takes} 1 of 2 have approved: another person is needed. ${names}`);
    expect(waiting).not.toContain('the rack burns');
    expect(JSON.stringify(viewOf(play))).not.toContain('the rack burns');
  });

  it('of a switchover asks it of the time after: until then it serves', () => {
    const play = new Play();
    play.until(25, well);
    play.ask();
    expect(tellProposal(viewOf(play))).toContain(
      '\nCan orders-1 still take writes afterwards? No: the agent on orders-1 stops Postgres cleanly',
    );
  });
});

describe('a stuck run at a terminal', () => {
  it('says what is known, what is safe, and what each way on does, in the words of the console', () => {
    const play = new Failover();
    play.fence();
    play.end('refused');
    const { run, proposal } = play.cluster;
    if (run === undefined || proposal === undefined) throw new Error('no run');
    const view = viewRun(run, proposal, { nowMs: play.nowMs });
    const told = tellRun(view);
    const { known = [], safe, resume, giveUp, leaveFence } = view.stuck ?? {};
    for (const says of [...known, `Safe: ${safe}`, resume, giveUp, leaveFence]) expect(told).toContain(says);
    expect(told).toContain(`petrov abandon ${run.id} --leave-fence --reason`);
    expect(known).toHaveLength(3);
  });
});
