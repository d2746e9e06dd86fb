// The steps of a run in their order, each with its state in a word, how long it took, and what it said.
import type { RunView } from '@petrov/core/wire';
import { Fragment } from 'react';
import { noReturnIndex } from '../../parts/plan-steps.tsx';
import { formatClock, formatTook } from '../../words/index.ts';

type StepState = RunView['steps'][number]['state'];

const words: Readonly<Record<StepState, { readonly sign: string; readonly word: string }>> = {
  waiting: { sign: '○', word: 'waits' },
  running: { sign: '◐', word: 'running' },
  done: { sign: '●', word: 'done' },
  refused: { sign: '✕', word: 'refused' },
  ambiguous: { sign: '?', word: 'outcome unknown' },
  'open-follow-up': { sign: '◇', word: 'still open' },
  'not-needed': { sign: '–', word: 'not needed' },
};

export function RunSteps({ run, nowMs }: { readonly run: RunView; readonly nowMs: number }) {
  const noReturn = noReturnIndex(run.plan);
  const lastBeforeService = run.steps.findLastIndex((one) => !one.step.isFollowUp);
  return (
    <ol className="run-steps">
      {run.steps.map((one, index) => (
        <Fragment key={one.step.id}>
          {index === noReturn && <li className="no-return">point of no return</li>}
          <li className={one.state} aria-current={one.state === 'running' ? 'step' : undefined}>
            <span className="sign" aria-hidden="true">
              {words[one.state].sign}
            </span>
            <span className="verb">{one.step.verb}</span>
            <span className="took">
              {took(one, nowMs)}
              {one.attempts > 1 && <span className="soft"> · attempt {one.attempts}</span>}
            </span>
            <span className="says">
              {one.says ?? one.step.says}
              <span className="visually-hidden"> ({words[one.state].word})</span>
            </span>
          </li>
          {index === lastBeforeService && one.state === 'done' && one.endedAtMs !== undefined && (
            <li className="back">service is back, {formatClock(one.endedAtMs)}</li>
          )}
        </Fragment>
      ))}
    </ol>
  );
}

function took(one: RunView['steps'][number], nowMs: number): string {
  const { state, startedAtMs, endedAtMs } = one;
  if (startedAtMs === undefined) return words[state].word;
  if (endedAtMs !== undefined) return state === 'done' ? formatTook(endedAtMs - startedAtMs) : words[state].word;
  return `${words[state].word}, ${formatTook(nowMs - startedAtMs)}`;
}
