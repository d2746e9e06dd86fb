// pg_rewind wants a server that was stopped cleanly. One that crashed as a primary is recovered in single-user mode first,
// as pg_rewind itself would: it takes no connection. That mode refuses to run beside a standby.signal, which is away
// meanwhile; the gate lets nothing start until it's back.
import { readControlData } from '../postgres/control-data.ts';
import { standbySignalPath } from '../postgres/down-facts.ts';
import { runProgram } from '../postgres/programs.ts';
import { waitUntilReaped } from '../postgres/start.ts';
import { removeDurably } from '../state/durable.ts';
import { ambiguous, type Given, leftMs, type Outcome, refused } from '../verb.ts';
import { writeStandbySignal } from '../verbs/fence.ts';

/** Its checkpoint would remove the WAL from the common history on, which the rewind reads; in megabytes. */
const KEEP_WAL = 'wal_keep_size=1048576';
const CLEAN = ['shut down', 'shut down in recovery'];

export async function isCleanlyDown({ host }: Given<'rewind'>): Promise<boolean> {
  const { binDirectory, dataDirectory } = host.config;
  return CLEAN.includes((await readControlData(binDirectory, dataDirectory)).state);
}

/** Undefined when it's down cleanly. */
export async function recoverCrashed(given: Given<'rewind'>): Promise<Outcome | undefined> {
  const { host, command } = given;
  const { config, state } = host;
  const { member, dataDirectory } = config;
  if (await isCleanlyDown(given)) {
    const unfinished = state.unfinished();
    if (unfinished?.verb === 'rewind' && unfinished.stage === 'recovering') state.dropUnfinished(); // by an agent that ended
    return undefined;
  }
  const control = await readControlData(config.binDirectory, dataDirectory);
  if (control.state === 'in archive recovery') {
    // Its own end of recovery would write WAL in the midst of what it shares with the others.
    return refused(
      `${member} was killed while it was a standby: start it as one first, which brings it to a consistent state; then rewind it.`,
    );
  }
  await waitUntilReaped(dataDirectory);
  state.keepUnfinished({ verb: 'rewind', stage: 'recovering' });
  removeDurably(standbySignalPath(dataDirectory));
  const configFile = config.configFile === undefined ? [] : ['-c', `config_file=${config.configFile}`];
  const single = ['postgres', '--single', '-D', dataDirectory, ...configFile, '-c', KEEP_WAL, 'template1'];
  const ran = await runProgram(config, single, { withinMs: leftMs(given, command.ttlMs - 1_000) });
  writeStandbySignal(dataDirectory);
  state.dropUnfinished();
  if (ran.ok && (await isCleanlyDown(given))) return undefined;
  return ambiguous(`${member} crashed, and its recovery didn't end: ${ran.why}. It is fenced; nothing was rewound.`);
}
