// What a person reads at the end of a run, or where it stands still: nothing in it that isn't proven.
import { describe, expect, it } from 'vitest';
import { dead, quiet } from '@petrov/sim/play';
import { Failover, proof } from '@petrov/sim/failover';
import { foldSteps } from '../journal/index.ts';

describe('a run that cannot be given up', () => {
  it('says that the old primary takes no writes only where its fence was proven', () => {
    const fenced = new Failover();
    fenced.fence();
    fenced.end('refused');
    fenced.answer('abandon');
    expect(fenced.performed.step.verb).toBe('unfence');
    const unproven = new Failover();
    unproven.look();
    unproven.endEach('ambiguous');
    unproven.answer('abandon');
    for (const play of [fenced, unproven]) {
      play.end('refused');
      expect(play.proposal).toMatchObject({ state: 'stuck', because: expect.stringContaining('not known') });
      expect(play.proposal).not.toMatchObject({ because: expect.stringMatching(/stays (down|fenced)/) });
    }
  });

  it('says that it stays fenced while nobody has begun to lift it', () => {
    const pending = new Failover();
    pending.fence();
    pending.look();
    pending.endEach('ambiguous');
    expect(pending.proposal?.state).toBe('stuck');
    pending.answer('abandon');
    expect(pending.performed.step.verb).toBe('drop-promotion');
    pending.endEach('ambiguous');
    expect(pending.proposal).toMatchObject({ because: expect.stringContaining('orders-1 stays fenced') });
  });
});

describe('a run that is over', () => {
  it('names what is still open, as not done and with its reason', () => {
    const play = new Failover();
    play.promote();
    play.end('done');
    expect(play.performed.step.id).toBe('repoint-orders-3');
    play.end('refused');
    expect(play.proposal).toMatchObject({
      state: 'succeeded',
      because:
        'orders-2 is the primary. Still open, not done: orders-3 follows orders-2 (repoint-orders-3 is refused).',
    });
  });

  it('leaves a standby that was not seen when it was planned open, and never tries it', () => {
    const play = new Failover({ ...dead, standbys: { 'orders-2': quiet, 'orders-3': { ...quiet, isSilent: true } } });
    play.look({ 'orders-2': play.standby });
    play.end('done', { 'orders-1': proof });
    play.look({ 'orders-2': play.standby });
    play.end('done', { 'orders-2': { inRecovery: false, timeline: 2 } });
    play.end('done');
    expect(play.proposal).toMatchObject({
      state: 'succeeded',
      because: expect.stringContaining('not done: orders-3 follows orders-2 (it has not answered lately)'),
    });
    expect(foldSteps(play.performed.run).at(-1)).toMatchObject({ step: { id: 'bring-back-orders-3' }, attempts: 0 });
  });
});
