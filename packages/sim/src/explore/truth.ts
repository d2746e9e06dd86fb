// What really was, as no engine knows it: written down by the world, read by the invariants. Of what nobody can know the worst
// is true: a server takes writes until a fence is proven, a promotion that was sent may still happen.
import type { StepResult } from '@petrov/core/engine';
import type { Digests } from '@petrov/core/proposal';
import type { Act, Perform } from './model.ts';

/** A witness's newest answer about the primary, and its newest to a question. */
export type TrueAnswer = {
  readonly isBad: boolean;
  readonly atMs: number;
  readonly asked?: { readonly nonce: string; readonly isBad: boolean; readonly atMs: number } | undefined;
};
/** An approval that a person with the right really gave, with what they saw. */
export type TrueApproval = {
  readonly proposal: string;
  readonly revision: number;
  readonly digests: Digests;
  readonly atMs: number;
};

export type Truth = {
  readonly approvals: readonly TrueApproval[];
  /** Before which moment what a proposal asks for may not begin. */
  readonly scheduled: Readonly<Record<string, number>>;
  /** The newest question to all sources: from then on their answers carry its nonce. */
  readonly asked?: string | undefined;
  /** The newest answer of each witness about the primary. */
  readonly answers: Readonly<Record<string, TrueAnswer>>;
  readonly servers: Readonly<Record<string, 'leads' | 'follows' | 'down'>>;
  /** Of whom the sources speak as the primary; who that was when all last said so; its timeline. */
  readonly leader: string;
  readonly toldLeader: string;
  readonly timeline: number;
  /** Somebody else's hand made another member the primary. */
  readonly isTakenOver: boolean;
  /** The newest word about the fence is a proof, and nothing that may lift it was sent since. */
  readonly isFenced: boolean;
  /** And it ended its work: all that it wrote has gone to the standbys. */
  readonly isClean: boolean;
  /** The primary to which a fence was sent, and no word that it's lifted came since. */
  readonly mayBeFenced?: string | undefined;
  /** Whether the promotion that was sent last happened. */
  readonly promotion: 'no' | 'maybe' | 'done';
  /** Epochs in which a promotion happened; and which run promoted in which epoch. */
  readonly promoted: readonly number[];
  readonly promotedBy: Readonly<Record<number, string>>;
  /** The run that a new process took up last, and how long its journal was then. */
  readonly taken?: { readonly run: string; readonly events: number } | undefined;
  /** Runs that did more than look. */
  readonly acted: readonly string[];
};

export function newTruth([primary = '', standby = '', ...others]: readonly string[]): Truth {
  return {
    approvals: [],
    scheduled: {},
    answers: {},
    servers: { [primary]: 'leads', [standby]: 'follows', ...Object.fromEntries(others.map((id) => [id, 'down'])) },
    leader: primary,
    toldLeader: primary,
    timeline: 1,
    isTakenOver: false,
    isFenced: false,
    isClean: false,
    promotion: 'no',
    promoted: [],
    promotedBy: {},
    acted: [],
  };
}

export function afterSending(truth: Truth, { step, run, epoch, nonce }: Perform): Truth {
  const isLook = step.verb === 'look' || step.verb === 'settle';
  if (isLook) return { ...truth, asked: nonce };
  const acted = truth.acted.includes(run.id) ? truth.acted : [...truth.acted, run.id];
  const next = { ...truth, acted };
  switch (step.verb) {
    case 'fence':
      return run.plan.kind === 'rejoin' ? next : { ...next, mayBeFenced: step.member };
    case 'unfence':
      return { ...next, isFenced: false };
    case 'promote': {
      const promotedBy = { ...truth.promotedBy, [epoch]: run.id };
      return { ...next, promotedBy, promotion: truth.promotion === 'done' ? 'done' : 'maybe' };
    }
    default:
      return next;
  }
}

/** `underWay`: what may still happen besides. */
export function afterAnswer(
  truth: Truth,
  { step, run, epoch }: Perform,
  given: { readonly result: StepResult; readonly underWay: readonly Act[] },
): Truth {
  const { plan } = run;
  const isPromoting = given.underWay.some((act) => act.step.verb === 'promote');
  const notHappened = truth.promotion === 'done' || isPromoting ? truth : { ...truth, promotion: 'no' as const };
  if (given.result.state !== 'done')
    return step.verb === 'promote' && given.result.state === 'refused' ? notHappened : truth;
  switch (step.verb) {
    case 'fence':
      if (plan.kind === 'rejoin') return truth;
      return {
        ...truth,
        isFenced: true,
        isClean: given.result.facts[plan.primary]?.controlState === 'shut down',
        servers: { ...truth.servers, [plan.primary]: 'down' },
      };
    case 'unfence':
      return { ...truth, mayBeFenced: undefined, servers: { ...truth.servers, [plan.primary]: 'leads' } };
    case 'promote':
      return afterPromotion(truth, plan.candidate, epoch);
    case 'settle':
      return given.result.facts[plan.candidate]?.inRecovery === false && truth.promotedBy[epoch] === run.id
        ? afterPromotion(truth, plan.candidate, epoch)
        : notHappened;
    case 'drop-promotion':
      return { ...truth, promotion: 'no' };
    case 'start-as-standby':
      return { ...truth, servers: { ...truth.servers, [step.member]: 'follows' } };
    default:
      return truth;
  }
}

export function afterPromotion(truth: Truth, candidate: string, epoch: number): Truth {
  if (truth.promoted.includes(epoch)) return truth;
  return {
    ...truth,
    promotion: 'done',
    promoted: [...truth.promoted, epoch],
    servers: { ...truth.servers, [candidate]: 'leads' },
    leader: candidate,
    timeline: truth.timeline + 1,
  };
}

/** Somebody else stopped the primary and promoted this one. */
export function afterTakeOver(truth: Truth, by: string): Truth {
  return {
    ...truth,
    servers: { ...truth.servers, [truth.leader]: 'down', [by]: 'leads' },
    leader: by,
    timeline: truth.timeline + 1,
    isTakenOver: true,
  };
}
