// Asks the controller for work, one command at a time: polls with a fresh nonce, checks, remembers on disk that it begins,
// acts, remembers how it ended, answers. An id that was seen before is answered from memory and acts no second time.
import { setTimeout as pause } from 'node:timers/promises';
import { sayDuration } from '@petrov/core/assessment';
import { type AgentCommand, type AgentPoll, AgentResult, POLL_WAIT_MS, SignedCommand } from '@petrov/core/wire';
import { newNonce } from '@petrov/runtime/random';
import type { Verifier } from '@petrov/runtime/signing';
import { readControlData } from '../postgres/control-data.ts';
import { ambiguous, explain, type Host, type Outcome } from '../verb.ts';
import { actOn } from '../verbs/index.ts';
import { lookAround } from '../verbs/look.ts';
import { type Checked, checkCommand } from './check-command.ts';
import type { ControllerLink } from './controller-link.ts';

const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2_000;
const RESULT_TRIES = 4;

export type LoopParts = {
  readonly host: Host;
  readonly link: ControllerLink;
  readonly engine: Verifier;
  readonly bootId: string;
  /** A look was asked for; the observations that follow carry its nonce. */
  readonly onLook: (nonce: string) => void;
  /** Surrounds the act of a fence: clients are sent here no more before it begins. */
  readonly aroundFence: <T>(act: () => Promise<T>) => Promise<T>;
};

export class CommandLoop {
  readonly #parts: LoopParts;
  readonly #stop = new AbortController();
  #running: Promise<void> | undefined;
  #systemIdentifier: string | undefined;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** A command that is being acted upon is brought to its end first. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let retryMs = RETRY_FIRST_MS;
    while (!this.#stop.signal.aborted) {
      try {
        await this.#pollOnce();
        retryMs = RETRY_FIRST_MS;
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.#parts.host.log.debug({ err: error }, 'could not ask for commands');
        await pause(retryMs, undefined, { signal: this.#stop.signal }).catch(() => undefined); // ended
        retryMs = Math.min(retryMs * 2, RETRY_MAX_MS);
      }
    }
  }

  async #pollOnce(): Promise<void> {
    const { host, link, bootId } = this.#parts;
    const { cluster, member } = host.config;
    this.#systemIdentifier ??= await this.#readSystemIdentifier();
    const nonce = newNonce();
    const poll: AgentPoll = {
      v: 1,
      cluster,
      member,
      bootId,
      nonce,
      ...(this.#systemIdentifier ? { systemIdentifier: this.#systemIdentifier } : {}),
    };
    const askedAtMs = host.clock.monotonicMs();
    const reply = await link.send('/agent/v1/poll', poll, { ms: POLL_WAIT_MS + 5_000, signal: this.#stop.signal });
    if (reply.status === 204) return;
    if (reply.status !== 200)
      throw new Error(`the controller answered a poll with ${reply.status}: ${reply.body.slice(0, 200)}`);
    await this.#take(SignedCommand.parse(JSON.parse(reply.body)), nonce, askedAtMs);
  }

  async #take(signed: SignedCommand, nonce: string, askedAtMs: number): Promise<void> {
    const { host, engine } = this.#parts;
    const checked = checkCommand(signed, {
      config: host.config,
      isSigned: (body, signature) => engine.verify(body, signature),
      systemIdentifier: this.#systemIdentifier,
      nonce,
      highestEpoch: host.state.highestEpoch(),
      recall: (id) => host.state.recall(id),
    });
    const result = await this.#answer(checked, nonce, askedAtMs);
    if (result.id !== '') await this.#tell(result);
  }

  async #answer(checked: Checked, nonce: string, askedAtMs: number): Promise<AgentResult> {
    const { host } = this.#parts;
    switch (checked.is) {
      case 'refused':
        host.log.warn({ command: checked.id, why: checked.says }, 'a command was refused');
        return this.#result(checked.id, nonce, { state: 'refused', says: checked.says });
      case 'stored':
        return { ...checked.result, nonce };
      case 'unfinished': {
        const { facts } = await lookAround(host);
        const says = `The agent ended while it was at "${checked.command.verb}": what became of it isn't known.`;
        const result = this.#result(checked.command.id, nonce, ambiguous(says, facts));
        host.state.end(result);
        return result;
      }
      case 'new': {
        const { command } = checked;
        const nowMs = host.clock.monotonicMs();
        const sentMs = sentAtMs(command, askedAtMs, nowMs);
        if (command.verb === 'look' || nowMs - sentMs <= command.ttlMs) return this.#act(command, nonce, sentMs);
        const says = `The command came too late: it was sent ${sayDuration(nowMs - sentMs)} ago and was good for ${sayDuration(command.ttlMs)}. Nothing was done.`;
        host.log.warn({ command: command.id, why: says }, 'a command was refused');
        return this.#result(command.id, nonce, { state: 'refused', says });
      }
    }
  }

  async #act(command: AgentCommand, nonce: string, sentMs: number): Promise<AgentResult> {
    const { host } = this.#parts;
    const isLook = command.verb === 'look';
    if (isLook) this.#parts.onLook(lookNonce(command));
    else {
      host.state.keepEpoch(command.epoch);
      host.state.begin(command.id);
      host.progress.begin(command.verb);
      host.log.info({ command: command.id, verb: command.verb }, 'acting');
    }
    const act = () => actOn(host, command, sentMs);
    const acted = command.verb === 'fence' ? this.#parts.aroundFence(act) : act();
    const outcome = await acted.catch((error: unknown) =>
      ambiguous(`"${command.verb}" on ${host.config.member} broke off: ${explain(error)}.`),
    );
    const result = this.#result(command.id, nonce, outcome);
    if (!isLook) {
      host.progress.end();
      host.state.end(result);
      host.log.info({ command: command.id, verb: command.verb, state: result.state }, 'acted');
    }
    return result;
  }

  #result(id: string, nonce: string, { state, says, facts = {} }: Outcome): AgentResult {
    const { cluster, member } = this.#parts.host.config;
    return AgentResult.parse({ v: 1, id, nonce, cluster, member, state, says, facts, bootId: this.#parts.bootId });
  }

  /** A result that can't be told is stored: the controller asks again by its id. */
  async #tell(result: AgentResult): Promise<void> {
    for (let tries = 1; tries <= RESULT_TRIES; tries += 1) {
      try {
        await this.#parts.link.send('/agent/v1/results', result, { ms: 2_000 });
        return;
      } catch (error) {
        this.#parts.host.log.warn({ err: error, command: result.id }, 'a result could not be told');
        await pause(RETRY_FIRST_MS * tries);
      }
    }
  }

  async #readSystemIdentifier(): Promise<string | undefined> {
    const { binDirectory, dataDirectory } = this.#parts.host.config;
    try {
      return (await readControlData(binDirectory, dataDirectory)).systemIdentifier;
    } catch (error) {
      this.#parts.host.log.warn({ err: error }, 'the control file cannot be read');
      return undefined;
    }
  }
}

/**
 * When the command left the controller, by this host's clock: an agent that was stopped, or a network that held the answer
 * back, must not make an old command young. The way of the question counts as age too: never too little, at most a little
 * too much.
 */
function sentAtMs({ heldMs }: AgentCommand, askedAtMs: number, nowMs: number): number {
  return Math.min(nowMs, askedAtMs + heldMs);
}

/** A look's id is its question's nonce and the member. */
export function lookNonce({ id, member }: Pick<AgentCommand, 'id' | 'member'>): string {
  return id.endsWith(`/${member}`) ? id.slice(0, -member.length - 1) : id;
}
