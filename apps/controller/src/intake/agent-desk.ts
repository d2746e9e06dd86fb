// Commands to agents and their answers. An agent asks for work with a fresh nonce; a command is signed for that nonce and
// matched to its result by id and nonce. A command that was handed out and not answered may have been done: that's said.
import { sayDuration } from '@petrov/core/assessment';
import { AgentCommand, type AgentPoll, type AgentResult, type AgentVerb, type SignedCommand } from '@petrov/core/wire';
import type { Clock } from '@petrov/runtime/clock';
import { canonicalJson, type Signer } from '@petrov/runtime/signing';

export type CommandDraft = AgentVerb & {
  /** run/step/attempt: the agent acts once for an id. */
  readonly id: string;
  readonly cluster: string;
  readonly member: string;
  /** Absent: what the agent itself says, for `look` only. */
  readonly systemIdentifier?: string | undefined;
  readonly epoch: number;
  readonly approval?: AgentCommand['approval'];
  /** Not given to an agent that asks for work later than this; what the wait took is off a promotion's own bound. */
  readonly handOutWithinMs?: number | undefined;
  /** For what may take hours: no longer waited for once the agent hasn't been heard, by any way, for so long. */
  readonly silentAfterMs?: number | undefined;
};

export type CommandAnswer =
  | { readonly kind: 'answered'; readonly result: AgentResult }
  /** Never handed out: nothing was done. */
  | { readonly kind: 'not-sent'; readonly says: string }
  /** Handed out and not answered in time: nobody knows. */
  | { readonly kind: 'no-answer'; readonly says: string };

type Pending = {
  readonly draft: CommandDraft;
  readonly expiresAtMs: number;
  readonly handOutUntilMs: number;
  readonly nonces: Set<string>;
  readonly settle: (answer: CommandAnswer) => void;
  handedOutAtMs?: number | undefined;
  silence?: NodeJS.Timeout | undefined;
};
type OpenPoll = {
  readonly poll: AgentPoll;
  readonly openedAtMs: number;
  readonly answer: (command: SignedCommand | undefined) => void;
};

/** A command whose result is missing is handed out again at a later poll: the agent answers from what it stored. */
const AGAIN_AFTER_MS = 1_000;

export class AgentDesk {
  readonly #signer: Signer;
  readonly #clock: Clock;
  readonly #pending = new Map<string, Pending>();
  readonly #polls = new Map<string, OpenPoll>();
  readonly #heard = new Map<string, number>();

  constructor(signer: Signer, clock: Clock) {
    this.#signer = signer;
    this.#clock = clock;
  }

  /** The member's agent has sent something, whatever it was. */
  hear(member: string): void {
    this.#heard.set(member, this.#clock.monotonicMs());
  }

  /** When it did so last, on the monotonic clock. */
  heardAtMs(member: string): number | undefined {
    return this.#heard.get(member);
  }

  /** Whether the member's agent waits for work at this moment. */
  isListening(member: string): boolean {
    return this.#polls.has(member);
  }

  /** Always resolves, within `withinMs`. */
  command(draft: CommandDraft, withinMs: number): Promise<CommandAnswer> {
    const { promise, resolve } = Promise.withResolvers<CommandAnswer>();
    const nowMs = this.#clock.monotonicMs();
    const pending: Pending = {
      draft,
      expiresAtMs: nowMs + withinMs,
      handOutUntilMs: nowMs + (draft.handOutWithinMs ?? withinMs),
      nonces: new Set(),
      settle: (answer) => {
        clearTimeout(timer);
        clearTimeout(pending.silence);
        if (this.#pending.get(draft.id) === pending) this.#pending.delete(draft.id);
        resolve(answer);
      },
    };
    const timer = setTimeout(() => pending.settle(lateAnswer(pending, withinMs)), withinMs);
    if (draft.silentAfterMs !== undefined) this.#watchSilence(pending, nowMs, draft.silentAfterMs);
    this.#pending.get(draft.id)?.settle({ kind: 'no-answer', says: 'the same command was given again' });
    this.#pending.set(draft.id, pending);
    this.#handOut(draft.member);
    return promise;
  }

  /** `answer` is called once: with a command, or with nothing when the wait is over. Returns how to give the poll up. */
  open(poll: AgentPoll, answer: OpenPoll['answer']): () => void {
    const { member } = poll;
    this.#polls.get(member)?.answer(undefined);
    const open: OpenPoll = { poll, openedAtMs: this.#clock.monotonicMs(), answer };
    this.#polls.set(member, open);
    this.#handOut(member);
    return () => {
      if (this.#polls.get(member) === open) this.#polls.delete(member);
    };
  }

  /** The command couldn't be written to the agent: it waits for the next poll. */
  giveBack(member: string): void {
    for (const pending of this.#pending.values())
      if (pending.draft.member === member) pending.handedOutAtMs = undefined;
    this.#handOut(member);
  }

  /** False when nobody waits for it. */
  takeResult(result: AgentResult): boolean {
    const pending = this.#pending.get(result.id);
    if (!pending || pending.draft.member !== result.member || !pending.nonces.has(result.nonce)) return false;
    pending.settle({ kind: 'answered', result });
    return true;
  }

  /** What was asked for a proposal that is over is asked no more; what was handed out may still be done. */
  withdraw(proposal: string): void {
    for (const pending of this.#pending.values())
      if (pending.draft.approval?.proposal === proposal) pending.settle(overAnswer(pending));
  }

  stop(): void {
    for (const { answer } of this.#polls.values()) answer(undefined);
    this.#polls.clear();
    for (const pending of this.#pending.values()) pending.settle(lateAnswer(pending, 0));
  }

  #watchSilence(pending: Pending, sinceMs: number, silentAfterMs: number): void {
    const heardMs = Math.max(sinceMs, this.#heard.get(pending.draft.member) ?? 0);
    const leftMs = heardMs + silentAfterMs - this.#clock.monotonicMs();
    if (leftMs <= 0) return pending.settle(silentAnswer(pending, silentAfterMs));
    pending.silence = setTimeout(() => this.#watchSilence(pending, sinceMs, silentAfterMs), leftMs);
  }

  #handOut(member: string): void {
    const open = this.#polls.get(member);
    const now = this.#clock.monotonicMs();
    const due = [...this.#pending.values()].find(
      ({ draft, handOutUntilMs, handedOutAtMs }) =>
        draft.member === member &&
        now < handOutUntilMs &&
        (handedOutAtMs === undefined || now - handedOutAtMs >= AGAIN_AFTER_MS),
    );
    if (!open || !due) return;
    this.#polls.delete(member);
    due.handedOutAtMs = now;
    due.nonces.add(open.poll.nonce);
    open.answer(this.#sign(due, open, now));
  }

  #sign({ draft, expiresAtMs, handOutUntilMs }: Pending, { poll, openedAtMs }: OpenPoll, now: number): SignedCommand {
    const { systemIdentifier, approval, handOutWithinMs: _, silentAfterMs: __, ...rest } = draft;
    const bound =
      rest.verb === 'promote'
        ? { args: { ...rest.args, withinMs: Math.min(rest.args.withinMs, promoteWithin(handOutUntilMs - now)) } }
        : {};
    const command = AgentCommand.parse({
      ...rest,
      ...bound,
      v: 1,
      systemIdentifier: systemIdentifier ?? poll.systemIdentifier ?? '',
      agentNonce: poll.nonce,
      heldMs: Math.floor(now - openedAtMs),
      ttlMs: Math.max(1, Math.floor(expiresAtMs - now)),
      ...(approval ? { approval } : {}),
    });
    const body = canonicalJson(command);
    return { body, signature: this.#signer.sign(body) };
  }
}

/** The least that the form of a command allows is near enough to nothing. */
function promoteWithin(leftMs: number): number {
  return Math.max(100, Math.min(30_000, Math.floor(leftMs)));
}

function lateAnswer(pending: Pending, withinMs: number): CommandAnswer {
  const { member, verb } = pending.draft;
  const time = sayDuration(withinMs);
  return unanswered(pending, {
    unsent: `The agent on ${member} didn't ask for work within ${time}: nothing was sent to it.`,
    sent: `The agent on ${member} was told to ${verb} and didn't answer within ${time}: it may have done it.`,
  });
}

function silentAnswer(pending: Pending, silentMs: number): CommandAnswer {
  const { member, verb } = pending.draft;
  const silent = `hasn't been heard for ${sayDuration(silentMs)}`;
  return unanswered(pending, {
    unsent: `The agent on ${member} ${silent}: "${verb}" was not sent to it.`,
    sent: `The agent on ${member} was told to ${verb} and ${silent}: it may have done it, or be at it still.`,
  });
}

function overAnswer(pending: Pending): CommandAnswer {
  const { member, verb } = pending.draft;
  return unanswered(pending, {
    unsent: `The run is over: "${verb}" was not sent to the agent on ${member}.`,
    sent: `The run is over; the agent on ${member} was told to ${verb} before: it may have done it, or be at it still.`,
  });
}

/** One that couldn't be written to the agent may have got there all the same. */
function unanswered({ nonces }: Pending, says: { unsent: string; sent: string }): CommandAnswer {
  return nonces.size === 0 ? { kind: 'not-sent', says: says.unsent } : { kind: 'no-answer', says: says.sent };
}
