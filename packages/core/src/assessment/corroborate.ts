// A second kind of evidence beside the witnesses (rule 2 of a failover). Which one it was names the class of the failure,
// and the class its dwell.
import type { DwellClass } from '../cluster/index.ts';
import type { Case } from './case.ts';
import { corroboratesLoss, type Findings, isWalBusy, SILENT_IDLE_MS } from './findings/index.ts';

export type Corroboration = {
  readonly by: 'standbys' | 'host' | 'peers-and-clients' | 'clients';
  readonly says: string;
};

export function corroborate(given: Case, found: Findings): readonly Corroboration[] {
  return [byStandbys(given, found), byHost(given, found), byPeersAndClients(given, found)].filter(
    (c) => c !== undefined,
  );
}

/**
 * Of a server that says itself that it's starting, another kind needs to confirm only that it isn't back: the agent beside it,
 * or clients that fail, do so as well as whoever would corroborate its death.
 */
export function corroborateStarting(given: Case, found: Findings): readonly Corroboration[] {
  const host: readonly Corroboration[] =
    found.primaryHost === 'starting'
      ? [{ by: 'host', says: 'the agent on its host says that Postgres is starting' }]
      : [];
  const clients: readonly Corroboration[] = clientsFail(found) ? [{ by: 'clients', says: 'client writes fail' }] : [];
  return [...corroborate(given, found), ...host, ...clients];
}

function byStandbys(given: Case, found: Findings): Corroboration | undefined {
  const voices = found.witnessesByWal;
  if (voices.length === 0 || !voices.every(corroboratesLoss)) return undefined;
  if (!areDeadAnswers(found) && !isWalBusy(given)) {
    const isLong = voices.every((s) => s.isLost || (s.messageAgeMs ?? 0) > SILENT_IDLE_MS);
    if (!isLong && !peersFail(given, found) && !clientsFail(found)) return undefined;
  }
  const names = voices.map((s) => s.id).join(', ');
  return { by: 'standbys', says: `${names} lost the primary and received no newer WAL since` };
}

function byHost({ primary }: Case, found: Findings): Corroboration | undefined {
  if (found.primaryHost !== 'absent' && found.primaryHost !== 'stopped') return undefined;
  return {
    by: 'host',
    says: `the agent on its host says that Postgres is ${found.primaryHost === 'absent' ? 'absent' : 'frozen'} (${primary})`,
  };
}

function byPeersAndClients(given: Case, found: Findings): Corroboration | undefined {
  return peersFail(given, found) && clientsFail(found)
    ? { by: 'peers-and-clients', says: 'the standbys’ hosts do not reach it and client writes fail' }
    : undefined;
}

/** Every standby host's agent that looked lately fails to reach the primary. */
export function peersFail(given: Case, found: Findings): boolean {
  const looks = found.hosts.filter((h) => h.member !== given.primary && h.reachesPrimary !== undefined);
  return looks.length > 0 && looks.every((h) => h.reachesPrimary !== 'ok');
}

export function clientsFail(found: Findings): boolean {
  return found.clients.length > 0 && found.clients.every((c) => c.isFailing);
}

/** Most of those who suspect it got an answer of a kernel, not silence. */
export function areDeadAnswers(found: Findings): boolean {
  const suspecting = found.reach.filter((w) => w.suspectsReads);
  const dead = suspecting.filter((w) => w.reading === 'dead');
  return suspecting.length > 0 && dead.length * 2 > suspecting.length;
}

export function standbysLost(found: Findings): boolean {
  return found.witnessesByWal.length > 0 && found.witnessesByWal.every((s) => s.isLost);
}

/** How long this kind of failure must last before a person is asked. */
export function classify(found: Findings): DwellClass {
  if (found.primaryHost === 'stopped') return 'stopped';
  if (areDeadAnswers(found)) return standbysLost(found) ? 'deadAnswers' : 'stopped';
  if (found.primaryHost === 'absent') return standbysLost(found) ? 'deadAnswers' : 'stopped';
  return 'silence';
}
