// Commits that a failover let wait for fewer standbys wait again as before once enough are there: synchronous_standby_names as it
// was, at the member that leads, after another streams from it.
import type { Plan, Step } from './plan.ts';

/** Of a member whose synchronous_standby_names a plan of ours lowered or emptied: what it was, and what was set. */
export type SyncLowered = { readonly member: string; readonly was: string; readonly set: string };

/** Nothing where it was never lowered at the one that leads. `set`: this plan lowers it further before. */
export function setSyncAgain(
  leads: string,
  returns: string,
  {
    lowered = [],
    set: next,
  }: { readonly lowered?: readonly SyncLowered[] | undefined; readonly set?: string | undefined },
): Pick<Plan, 'steps' | 'consequences'> {
  const found = lowered.find(({ member }) => member === leads);
  if (found === undefined) return { steps: [], consequences: [] };
  const { was } = found;
  const set = next ?? found.set;
  const step: Step = {
    id: 'sync-again',
    verb: 'restore-sync',
    member: leads,
    was,
    set,
    says: `Set synchronous_standby_names at ${leads} to ${was} again`,
    command: `agent on ${leads}: synchronous_standby_names = '${was}' where it is '${set}', reload`,
    undo: 'reversible',
    deadlineMs: 15_000,
    doneWhen: `${leads} shows it, and as many standbys stream as it waits for`,
    isFollowUp: true,
  };
  const now = set === '' ? 'was emptied' : `was lowered to ${set}`;
  const says = `synchronous_standby_names at ${leads} ${now} in a failover and is set to ${was} again once ${returns} streams and enough of those it names do: commits wait for them from then on. If somebody has set it since, it stays as it is.`;
  return { steps: [step], consequences: [says] };
}
