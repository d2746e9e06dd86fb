// When a fence was last proven, by the store's journals: the newest of each member that a run of this cluster fenced.
import type { Run } from '@petrov/core/journal';
import type { FenceProof, Told } from '@petrov/core/readiness';

const RUNS_MAX = 100;

export async function readProofs(
  records: { readonly runs: (limit: number) => Promise<readonly { readonly run: Run }[]> },
  cluster: string,
): Promise<Told<readonly FenceProof[]>> {
  try {
    const runs = await records.runs(RUNS_MAX);
    const all = runs.flatMap(({ run }) => (run.cluster === cluster ? proofsOf(run) : []));
    const newest = new Map<string, FenceProof>();
    for (const proof of all.toSorted((a, b) => a.atMs - b.atMs)) newest.set(proof.member, proof);
    return { ok: true, value: [...newest.values()].toSorted((a, b) => b.atMs - a.atMs) };
  } catch (error) {
    return { ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}

function proofsOf({ plan, journal }: Run): FenceProof[] {
  if (plan.fence.method === 'unfenced') return []; // nothing was proven
  return plan.steps
    .filter(({ verb }) => verb === 'fence')
    .flatMap(({ id, member }) => {
      const done = journal.findLast((event) => event.type === 'done' && event.step === id);
      return done === undefined ? [] : [{ member, method: plan.fence.method, atMs: done.atMs }];
    });
}
