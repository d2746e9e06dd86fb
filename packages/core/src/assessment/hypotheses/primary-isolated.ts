// It may run, and neither clients, standbys nor witnesses reach it: its agent, heard on another path, says that it lives.
import { asFailure, type Hypothesis } from '../weighing.ts';

export const primaryIsolated: Hypothesis = {
  verdict: 'primary-isolated',
  weigh(exhibit) {
    const { given, found, reads, corroborations, hasVeto, dwellClass } = exhibit;
    if (hasVeto || !reads.isQuorum || corroborations.length === 0) return undefined;
    // Fenced, and started again read-only: it's reached, and is out all the same.
    const isReadOnly = found.reach.some((w) => w.suspectsReads && w.sql?.track.last.outcome === 'read-only');
    if (found.primaryHost !== 'running' || isReadOnly) return undefined;
    return {
      verdict: 'primary-isolated',
      action: 'none',
      rule: 'primary-isolated/agent-says-running',
      headline: `The primary ${given.primary} runs, and nobody reaches it.`,
      explanation: `${reads.agreeing} of ${reads.configured} witnesses do not reach it; ${corroborations.map((c) => c.says).join('; ')}. Its agent says that Postgres runs: unless it is fenced it may still take writes from clients near it.`,
      ...asFailure(exhibit),
      failover: { dwellMs: given.policy.dwellMs[dwellClass] },
    };
  },
};
