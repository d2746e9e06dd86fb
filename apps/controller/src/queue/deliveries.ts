// Delivers the outbox. Woken right after a commit, by BullMQ, and each second by itself: Redis being off only slows it.
// At least once, always under the same message id; each outcome is on the record.
import type { AuditDraft } from '@petrov/core/engine';
import type { AuditEntryView } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import { transaction } from '@petrov/runtime/postgres';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { appendAudit } from '../audit/append.ts';
import type { AuditKit } from '../audit/kit.ts';
import type { Pager, PagerMessage, Sent } from '../pagers/pager.ts';
import {
  claimDue,
  markDead,
  markDelivered,
  markRetry,
  type OutboxMessage,
  releaseClaims,
} from '../store/statements/outbox.ts';
import { GIVE_UP_AFTER_MS, retryAfterMs } from './retry.ts';

const POLL_MS = 1_000;
/** Longer than any attempt takes. */
const LEASE_MS = 15_000;

export type DeliveriesDeps = {
  readonly pool: Pool;
  readonly kit: AuditKit;
  readonly pagers: ReadonlyMap<string, Pager>;
  readonly toMessage: (message: OutboxMessage) => PagerMessage;
  readonly onAppended: (entry: AuditEntryView) => void;
  /** Something is due again at that time: an outer waker may remember it too. */
  readonly onRetry: (afterMs: number) => void;
  readonly clock: Clock;
  readonly chance: () => number;
  readonly log: Logger;
};

export class Deliveries {
  readonly #deps: DeliveriesDeps;
  readonly #sending = new Set<Promise<void>>();
  #poller: NodeJS.Timeout | undefined;
  #claiming: Promise<void> | undefined;
  #isWoken = false;
  #isStopped = false;

  constructor(deps: DeliveriesDeps) {
    this.#deps = deps;
  }

  /** What another process took and didn't finish is due again at once: there is one controller on a store. */
  async start(): Promise<void> {
    await releaseClaims(this.#deps.pool, this.#deps.clock.nowMs(), LEASE_MS);
    this.#poller = setInterval(() => this.wake(), POLL_MS);
    this.wake();
  }

  wake(): void {
    if (this.#isStopped) return;
    this.#isWoken = true;
    this.#claiming ??= this.#claim().finally(() => {
      this.#claiming = undefined;
    });
  }

  /** Waits for what is under way; what is due goes out at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#poller);
    await this.#claiming;
    await Promise.all(this.#sending);
  }

  async #claim(): Promise<void> {
    while (this.#isWoken && !this.#isStopped) {
      this.#isWoken = false;
      try {
        const due = await claimDue(this.#deps.pool, this.#deps.clock.nowMs(), LEASE_MS);
        if (due.length > 0) this.#isWoken = true;
        for (const message of due) this.#track(this.#deliver(message));
      } catch (error) {
        this.#deps.log.warn({ err: error }, 'the outbox could not be read: again in a second');
      }
    }
  }

  #track(sending: Promise<void>): void {
    this.#sending.add(sending);
    void sending.finally(() => this.#sending.delete(sending));
  }

  async #deliver(message: OutboxMessage): Promise<void> {
    const { pagers, toMessage, log } = this.#deps;
    const pager = pagers.get(message.pager);
    try {
      const sent: Sent = pager
        ? await pager.send(toMessage(message))
        : { kind: 'dead', says: `no pager "${message.pager}" is configured any more` };
      await this.#settle(message, sent);
    } catch (error) {
      log.error({ err: error, pager: message.pager, message: message.messageId }, 'a delivery could not be recorded');
    }
  }

  async #settle(message: OutboxMessage, sent: Sent): Promise<void> {
    const { pool, clock, log, onRetry, chance } = this.#deps;
    const nowMs = clock.nowMs();
    const fields = { pager: message.pager, message: message.messageId, attempts: message.attempts };
    if (sent.kind === 'delivered') {
      log.info({ ...fields, afterMs: nowMs - message.createdAtMs }, 'a page was delivered');
      return this.#end(message, {
        code: 'P4001',
        says: `A page went out to ${message.pager}: ${message.page.summary}`,
      });
    }
    const isTooOld = nowMs - message.createdAtMs > GIVE_UP_AFTER_MS;
    if (sent.kind === 'dead' || isTooOld) {
      log.error({ ...fields, says: sent.says }, 'a page can not be delivered: check the pager’s configuration');
      const says = `A page to ${message.pager} can't be delivered: ${sent.says}. Check the pager's configuration.`;
      return this.#end(message, { code: 'P4002', says }, sent.says);
    }
    const afterMs = retryAfterMs(message.attempts, chance(), sent.afterMs);
    log.warn({ ...fields, says: sent.says, afterMs }, 'a page was not delivered: again later');
    await markRetry(pool, message.id, { atMs: nowMs + afterMs, error: sent.says });
    onRetry(afterMs);
  }

  async #end(message: OutboxMessage, what: Pick<AuditDraft, 'code' | 'says'>, error?: string): Promise<void> {
    const { pool, kit, clock, onAppended } = this.#deps;
    const nowMs = clock.nowMs();
    const { page, pager, messageId, attempts } = message;
    const draft: AuditDraft = {
      ...what,
      atMs: nowMs,
      actor: { kind: 'service', id: pager, name: pager, via: 'pager' },
      cluster: page.cluster,
      ...(page.proposal === undefined ? {} : { proposal: page.proposal }),
      payload: { message: messageId, event: page.event, attempts, ...(error === undefined ? {} : { error }) },
    };
    const appended = await transaction(pool, async (client) => {
      if (error === undefined) await markDelivered(client, message.id, nowMs);
      else await markDead(client, message.id, { atMs: nowMs, error });
      return appendAudit(client, [draft], kit, nowMs);
    });
    for (const entry of appended) onAppended(entry);
  }
}
