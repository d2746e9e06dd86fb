// A site as the rest of Petrov holds it: the one that made it, or any other process that opened it from its record.
import { SandboxError } from '../errors.ts';
import { applyFault, healAll } from '../fault/apply.ts';
import type { FaultStamp } from '../fault/fault.ts';
import type { FaultName } from '../faults/index.ts';
import type { ProcessIdentity } from '../identity.ts';
import { joinSegment, makeSegment } from '../layers/segment.ts';
import { enterArgv } from '../layers/unshare.ts';
import { findDatabaseUser } from '../layers/user.ts';
import { type StartOutcome, type StopMode, startServer, stopServer, writeGate } from '../postgres/member.ts';
import { boot, isOn, powerOff, powerOn } from '../power/power.ts';
import { type RunOptions, type RunResult, run } from '../run.ts';
import { getInit, getMember, listMembers } from './access.ts';
import { type FloatingDescription, type SiteDescription, describe } from './description.ts';
import { type HostProcess, type SpawnOptions, spawnInHost } from './host-process.ts';
import { portOf } from './hosts.ts';
import { FLOATING } from './layout.ts';
import { takeDown } from './leftovers.ts';
import type { RecordFile } from './record-file.ts';
import type { BootProgram, SiteRecord } from './record.ts';
import { type SiteStatus, readStatus } from './status.ts';

export class Site implements AsyncDisposable {
  readonly id: string;
  readonly folder: string;
  readonly description: SiteDescription;
  readonly #file: RecordFile;
  /** As it was when the site was opened: for what never changes. Hosts may be another after a power cycle. */
  readonly #record: SiteRecord;

  private constructor(file: RecordFile, record: SiteRecord) {
    this.id = record.id;
    this.folder = record.folder;
    this.description = describe(record, findDatabaseUser().name);
    this.#file = file;
    this.#record = record;
  }

  static async fromRecord(file: RecordFile): Promise<Site> {
    const record = await file.read();
    if (record.state === 'running') return new Site(file, record);
    throw new SandboxError('not-up', `site ${record.id} is ${record.state}, not running`);
  }

  /** How each member is now, and which faults are active. */
  async status(): Promise<SiteStatus> {
    return await readStatus(await this.#file.read());
  }

  /** Through the gate; a refusal is an answer, not an error. */
  async startMember(id: string): Promise<StartOutcome> {
    return await startServer(await this.#init(id), getMember(this.#record, id).member);
  }

  async stopMember(id: string, mode: StopMode = 'fast'): Promise<void> {
    await stopServer(await this.#init(id), getMember(this.#record, id).member, mode);
  }

  /** The command that is asked before each start of the member, inside its host; undefined removes it. */
  async setGate(id: string, argv: readonly string[] | undefined): Promise<void> {
    await writeGate(getMember(this.#record, id).member, argv);
  }

  /** Starts a program inside a host and leaves it running; it ends with the host at the latest. */
  async spawnIn(hostId: string, argv: readonly string[], options: SpawnOptions = {}): Promise<HostProcess> {
    return await spawnInHost(await this.#init(hostId), argv, options);
  }

  /** Runs a program inside a host to its end; after `timeoutMs` (default 30 s) it is killed and the code is 124. */
  async execIn(hostId: string, argv: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return await run(enterArgv(await this.#init(hostId), argv), options);
  }

  /** For a caller that wants to run it on its own terminal. */
  execArgv(hostId: string, argv: readonly string[]): readonly string[] {
    return enterArgv(getInit(this.#record, hostId), argv);
  }

  /** psql as superuser over the member's unix socket, from outside. */
  psqlArgv(memberId: string): readonly string[] {
    const { member } = getMember(this.#record, memberId);
    return ['psql', '-h', member.socketFolder, '-p', String(member.port), '-U', 'postgres'];
  }

  /** Joins all members on a segment of `app`, on which an address may move between them; once in a site's life. */
  async openSegment(): Promise<FloatingDescription> {
    const { device, prefix, host } = FLOATING;
    const record = await this.#file.update((now) => ({ ...now, hasSegment: true }));
    await makeSegment({ router: getInit(record, 'router-app'), device, prefix });
    for (const id of this.memberIds()) {
      const port = portOf(record, id);
      if (port !== undefined) await joinSegment(port.segment, getInit(record, id), port.number);
    }
    return { device, address: `${prefix}.${host}`, prefixLength: 24 };
  }

  /** Breaks something; the times are from right before the signal was sent. */
  async fault(name: FaultName, args: Readonly<Record<string, unknown>>): Promise<FaultStamp> {
    return await applyFault(this.#file, name, args);
  }

  /** Whether the host of a member has power. */
  async isOn(memberId: string): Promise<boolean> {
    return isOn(await this.#file.read(), memberId);
  }

  /** From outside, whatever became of the host: all of it ends at once. */
  async powerOff(memberId: string): Promise<void> {
    await powerOff(this.#file, memberId);
  }

  /** The host with its disk again, its programs, and Postgres through its gate; says how that ended. */
  async powerOn(memberId: string): Promise<string> {
    if (await this.isOn(memberId)) return `${memberId} is on already`;
    await powerOn(this.#file, memberId);
    return await boot(this.#file, memberId);
  }

  /** What starts with the host when its power comes on, beside Postgres. */
  async setBoot(hostId: string, programs: readonly BootProgram[]): Promise<void> {
    await this.#file.update((now) => ({
      ...now,
      hosts: now.hosts.map((host) => (host.id === hostId ? { ...host, boot: [...programs] } : host)),
    }));
  }

  /** Undoes all faults: cuts end, the frozen go on, stopped members start through their gates. Says what it did. */
  async heal(): Promise<readonly string[]> {
    return await healAll(this.#file);
  }

  /** Takes the site down: nothing of it is left. Safe to call twice. */
  async close(): Promise<void> {
    await takeDown(this.#record);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #init(hostId: string): Promise<ProcessIdentity> {
    return getInit(await this.#file.read(), hostId);
  }

  memberIds(): readonly string[] {
    return listMembers(this.#record).map(({ member }) => member.id);
  }
}
