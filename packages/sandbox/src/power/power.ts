// The power of a member's host, from outside of it: whatever became of the host and its networks. Off ends its whole process
// tree with its namespaces; its disk stays. On brings up a new host with the same disk, and boots what was set to start there;
// Postgres comes up through its start gate, as at any other start.
import { isAlive } from '../identity.ts';
import { dropDevices, endBlackholes, unplug, wire } from '../layers/netns.ts';
import { joinSegment, leaveSegment } from '../layers/segment.ts';
import { endInit, enterArgv } from '../layers/unshare.ts';
import { startServer } from '../postgres/member.ts';
import { runOk } from '../run.ts';
import { getHost, getInit, getMember } from '../site/access.ts';
import { linksOf, portOf, startHost } from '../site/hosts.ts';
import type { RecordFile } from '../site/record-file.ts';
import type { SiteRecord } from '../site/record.ts';

export function isOn(record: SiteRecord, memberId: string): boolean {
  const { init } = getHost(record, getMember(record, memberId).member.id);
  return init !== null && isAlive(init);
}

/** Does nothing to a host that is off. `stamp` is called right before its cables are pulled. */
export async function powerOff(file: RecordFile, memberId: string, stamp?: () => void): Promise<void> {
  const record = await file.read();
  const host = getHost(record, getMember(record, memberId).member.id);
  if (host.init === null) return;
  const links = linksOf(record, host);
  stamp?.();
  // Cables first: processes that end would say goodbye to their peers otherwise.
  if (isAlive(host.init)) await unplug(links);
  const port = portOf(record, host.id);
  if (port !== undefined) await leaveSegment(port.segment, port.number);
  await endInit(host.init);
  await dropDevices(links);
  await file.update((now) => ({
    ...now,
    hosts: now.hosts.map((other) => (other.id === host.id ? { ...other, init: null } : other)),
  }));
}

/** Does nothing to a host that is on. Resolves when it's there and on its networks; `boot` starts what belongs on it. */
export async function powerOn(file: RecordFile, memberId: string): Promise<void> {
  const before = await file.read();
  if (isOn(before, memberId)) return;
  await powerOff(file, memberId); // an init that was killed by somebody else has left its wires
  await startHost(file, getHost(before, memberId));
  const record = await file.update((now) => ({
    ...now,
    activeFaults: now.activeFaults.filter(
      ({ name, args }) => !['host-off', 'freeze'].includes(name) || args['member'] !== memberId,
    ),
  }));
  const links = linksOf(record, getHost(record, memberId));
  await wire(links);
  await endBlackholes(links);
  const port = portOf(record, memberId);
  if (port !== undefined) await joinSegment(port.segment, getInit(record, memberId), port.number);
}

/** Starts the host's programs, and Postgres through its gate; says how that ended. */
export async function boot(file: RecordFile, memberId: string): Promise<string> {
  const record = await file.read();
  const init = getInit(record, memberId);
  for (const { argv, env, logFile } of getHost(record, memberId).boot) {
    const detached = ['sh', '-c', 'log=$1; shift; exec setsid --fork "$@" >>"$log" 2>&1 </dev/null', 'boot', logFile];
    await runOk(enterArgv(init, [...detached, ...argv]), { env });
  }
  const outcome = await startServer(init, getMember(record, memberId).member);
  return outcome.started
    ? `${memberId} is on, its Postgres started`
    : `${memberId} is on, its Postgres stays down: its gate refused: ${outcome.refusal}`;
}
