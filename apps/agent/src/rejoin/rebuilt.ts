// What a rewind or a clone made is noted, so that one that is asked for again, because the answer got lost, is answered and
// not done a second time: as long as nobody has started it since, and its source is still on the timeline it was made of.
import { join } from 'node:path';
import type { MemberFacts } from '@petrov/core/wire';
import { readControlData } from '../postgres/control-data.ts';
import { readDownFacts } from '../postgres/down-facts.ts';
import { listProcesses } from '../postgres/processes.ts';
import { readIfThere } from '../state/durable.ts';
import { done, type Given, type Outcome } from '../verb.ts';
import { keepAsStandby } from './leave-down.ts';
import { type Source, waitForSource } from './source.ts';

type Asked = Given<'rewind'> | Given<'clone'>;

/** To be called before the marker of what is unfinished goes. */
export function noteRebuilt({ host, command }: Asked, facts: MemberFacts): void {
  const label = readLabel(host.config.dataDirectory);
  if (label === undefined) return;
  const { id, verb, args } = command;
  host.state.keepRebuilt({ verb, run: runOf(id), upstream: args.upstream, label, facts });
}

/** Its answer once more, when this directory is what the same verb made from the same member; of a clone, for the same run. */
export async function findRebuilt(given: Asked, source: Source, leftMs: () => number): Promise<Outcome | undefined> {
  const { host, command } = given;
  const { config, state } = host;
  const { member, dataDirectory, binDirectory } = config;
  const made = state.rebuilt();
  if (made?.verb !== command.verb || made.upstream !== command.args.upstream) return undefined;
  if (made.verb === 'clone' && made.run !== runOf(command.id)) return undefined;
  const isUnstarted = () => listProcesses(dataDirectory).length === 0 && readLabel(dataDirectory) === made.label;
  if (!isUnstarted()) return undefined;
  const ready = await waitForSource(config, source, { timeline: command.args.timeline, leftMs });
  const { timeline } = await readControlData(binDirectory, dataDirectory);
  if (!ready.ok || ready.timeline !== timeline || !isUnstarted()) return undefined;
  await keepAsStandby(given);
  const how = made.verb === 'clone' ? 'cloned from' : 'rewound to';
  const says = `${member} was ${how} ${made.upstream} already, and nobody has started it since. It is fenced and down.`;
  return done(says, { ...(await readDownFacts(host)), ...made.facts });
}

/** Whether this run has cloned it before: then what is kept beside it is the original. */
export function hasCloned({ host, command }: Given<'clone'>): boolean {
  const made = host.state.rebuilt();
  return made?.verb === 'clone' && made.run === runOf(command.id);
}

/** An id is the run's, the step's and the attempt's. */
function runOf(id: string): string {
  return id.split('/').slice(0, -2).join('/');
}

/** Each has a start time of its own; a server that starts takes it away. */
function readLabel(dataDirectory: string): string | undefined {
  return readIfThere(join(dataDirectory, 'backup_label'));
}
