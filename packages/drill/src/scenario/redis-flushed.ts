// Everything in Redis is gone between the approval and the act: nothing that was decided was in there.
import type { Scenario } from './scenario.ts';

export const redisFlushed: Scenario = {
  id: 'redis-flushed',
  title: 'Redis is emptied between approval and act',
  says: 'FLUSHALL right after the approval. Streams and questions are gone; the run asks anew and goes on.',
  truth: 'primary-down',
  alsoRight: [],
  fault: { name: 'kill', args: ['@primary'] },
  proposes: true,
  held: { at: 'after-journal:look:started', faults: [{ name: 'flush-redis', args: [] }] },
  pauseMsMax: 0,
  proposalWithinMs: 30_000,
};
