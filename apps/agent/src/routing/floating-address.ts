// An address that is where the primary is. It's taken only when the local server itself is out of recovery and not fenced,
// and no other member within reach says the same of itself: whoever has it keeps it then. It's given up first thing in a fence and when the agent ends, and cleared at the start of an agent that finds it left over.
import { networkInterfaces } from 'node:os';
import type { AddressConfig } from '@petrov/core/wire';
import type { Logger } from '@petrov/runtime/log';
import { type Ran, runBounded } from './bounded-command.ts';
import type { RoleReading } from './local-role.ts';

/** A primary that is too busy to answer keeps its clients for so long. */
const SILENT_FOR_MS = 5_000;
const COMMAND_MS = 1_000;
const ANNOUNCE_MS = 5_000;
const AGAIN_MS = 2_000;
/** Of the address, or of the whole interface. */
const NOT_THERE = /Cannot assign requested address|Cannot find device/;

export type Intent = 'take' | 'keep' | 'drop';

/** Pure. `primaryAtMs`: when the local server last said that it's primary. */
export function decideAddress(seen: RoleReading, primaryAtMs: number | undefined): Intent {
  if (seen.isFenced || seen.isGone || seen.role === 'standby') return 'drop';
  if (seen.role === 'primary') return 'take';
  return primaryAtMs !== undefined && seen.atMs - primaryAtMs <= SILENT_FOR_MS ? 'keep' : 'drop';
}

export type AddressDeps = {
  /** Asked at the very moment: a fence may have begun since the last look. */
  readonly mayTake: () => boolean;
  readonly findOtherPrimary: () => Promise<string | undefined>;
  readonly log: Logger;
};

export class FloatingAddress {
  readonly #config: AddressConfig;
  readonly #deps: AddressDeps;
  readonly #ip: string;
  #primaryAtMs: number | undefined;
  /** Until it was shown to be gone, an agent that was killed may have left it here. */
  #mayBeHeld = true;
  #isAnnounced = false;
  #failedAtMs: number | undefined;
  #announcing: AbortController | undefined;
  #turn: Promise<void> = Promise.resolve();

  constructor(config: AddressConfig, deps: AddressDeps) {
    this.#config = config;
    this.#deps = deps;
    this.#ip = config.address.split('/')[0] ?? '';
  }

  get isHeld(): boolean {
    const here = networkInterfaces()[this.#config.interface] ?? [];
    return here.some(({ address }) => address === this.#ip);
  }

  /** Brings the host in line with what was seen. Never rejects. */
  async settle(seen: RoleReading): Promise<void> {
    if (seen.role === 'primary') this.#primaryAtMs = seen.atMs;
    const intent = decideAddress(seen, this.#primaryAtMs);
    if (intent === 'drop') return await this.drop();
    if (intent === 'take') await this.#inTurn(() => this.#take(seen.atMs));
  }

  /** Resolves when it's gone, or when that could not be done in time. Never rejects. */
  async drop(): Promise<void> {
    this.#primaryAtMs = undefined;
    this.#announcing?.abort();
    await this.#inTurn(() => this.#remove());
  }

  async #take(nowMs: number): Promise<void> {
    const isHeld = this.isHeld;
    if (isHeld && this.#isAnnounced) return;
    if (this.#failedAtMs !== undefined && nowMs - this.#failedAtMs < AGAIN_MS) return;
    const other = isHeld ? undefined : await this.#deps.findOtherPrimary();
    if (other !== undefined) {
      this.#failedAtMs = nowMs;
      const says = 'the address is not taken: another member is out of recovery too';
      return this.#deps.log.warn({ ...this.#named(), other }, says);
    }
    if (!this.#deps.mayTake()) return;
    this.#mayBeHeld = true;
    const ran = isHeld ? undefined : await this.#change('add');
    const isThere = ran === undefined || ran.outcome === 'done' || ran.output.includes('File exists');
    this.#failedAtMs = isThere ? undefined : nowMs;
    if (!isThere) return this.#deps.log.error({ ...this.#named(), ran }, 'the address cannot be taken; trying again');
    this.#deps.log.info(this.#named(), 'the address is here: the local server is primary');
    this.#isAnnounced = true;
    void this.#announce();
  }

  async #remove(): Promise<void> {
    if (!this.#mayBeHeld && !this.isHeld) return;
    this.#isAnnounced = false;
    const wasHeld = this.isHeld;
    const ran = await this.#change('delete');
    const isGone = ran.outcome === 'done' || NOT_THERE.test(ran.output);
    this.#mayBeHeld = !isGone;
    if (!isGone) this.#deps.log.error({ ...this.#named(), ran }, 'the address cannot be given up; trying again');
    else if (wasHeld) this.#deps.log.info(this.#named(), 'the address is here no more');
  }

  /** Tells the neighbours, so that they don't go on sending to the host that had it before. */
  async #announce(): Promise<void> {
    const { arping, interface: device } = this.#config;
    this.#announcing = new AbortController();
    const argv = [arping, '-q', '-U', '-c', '3', '-I', device, this.#ip];
    const ran = await runBounded(argv, { timeoutMs: ANNOUNCE_MS, signal: this.#announcing.signal });
    if (ran.outcome === 'failed' || ran.outcome === 'timed-out')
      this.#deps.log.warn({ ...this.#named(), ran }, 'the address was not announced: neighbours learn of it late');
  }

  #change(verb: 'add' | 'delete'): Promise<Ran> {
    const { ip, address, interface: device } = this.#config;
    return runBounded([ip, 'address', verb, address, 'dev', device], { timeoutMs: COMMAND_MS });
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(work).catch((error: unknown) => {
      this.#deps.log.error({ err: error, ...this.#named() }, 'the address could not be settled');
    });
    return this.#turn;
  }

  #named(): Record<string, string> {
    return { address: this.#config.address, interface: this.#config.interface };
  }
}
