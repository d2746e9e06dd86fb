// Turns a probe's answer into a sighting: who saw whom, how long it took, which question it answers. Remembers what was last
// said of the member.
import type { Sighting } from '@petrov/core/observation';
import type { Clock } from '@petrov/runtime/clock';
import type { MemberAnswer, WatchedMember } from '../probe.ts';

export type Tell = (answer: MemberAnswer) => void;

export class Teller {
  readonly source: string;
  readonly #member: WatchedMember;
  readonly #clock: Clock;
  readonly #nonce: () => string | undefined;
  readonly #onSighting: (sighting: Sighting) => void;
  readonly #last = new Map<string, MemberAnswer['outcome']>();

  constructor(of: {
    source: string;
    member: WatchedMember;
    clock: Clock;
    nonce: () => string | undefined;
    onSighting: (sighting: Sighting) => void;
  }) {
    this.source = of.source;
    this.#member = of.member;
    this.#clock = of.clock;
    this.#nonce = of.nonce;
    this.#onSighting = of.onSighting;
  }

  nowMs(): number {
    return this.#clock.monotonicMs();
  }

  /** Whether the last answer of each probe was ok, over a new session and over the one that is kept. */
  get isAllWell(): boolean {
    return [...this.#last.values()].every((outcome) => outcome === 'ok');
  }

  forget(): void {
    this.#last.clear();
  }

  /** Called when a probe begins: its answers carry the nonce of now, and the time since now. */
  begin(): Tell {
    const startedMs = this.nowMs();
    const nonce = this.#nonce();
    return (answer) => {
      this.#last.set(keyOf(answer), answer.outcome);
      const { cluster, id: member } = this.#member;
      const latencyMs = Math.round((this.nowMs() - startedMs) * 10) / 10;
      this.#onSighting({
        by: this.source,
        cluster,
        member,
        latencyMs,
        ...answer,
        ...(nonce === undefined ? {} : { nonce }),
      });
    };
  }
}

/** A kept session that answers doesn't make well that new ones are turned away. */
function keyOf(answer: MemberAnswer): string {
  return answer.probe === 'sql' && answer.facts?.session === 'new' ? 'sql/new' : answer.probe;
}
