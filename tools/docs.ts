// Writes the pages of docs/ that are made of tables in code: `node tools/docs.ts`. A tidy test compares them, so that a table
// can't change without its page.
import { writeFileSync } from 'node:fs';
import { auditCodes } from '../packages/core/src/engine/audit-codes.ts';
import { type Scenario, SCENARIOS } from '../packages/drill/src/scenario/index.ts';
import { endedStates, type ProposalState, stateSays, transitions } from '../packages/core/src/proposal/index.ts';

export const pages: Readonly<Record<string, () => string>> = {
  'docs/state-machines.md': sayStateMachines,
  'docs/audit-codes.md': sayAuditCodes,
  'docs/drills.md': sayDrills,
};

const note = '<!-- Made of tables in code by `node tools/docs.ts`: change the table, then run it. -->';

function sayStateMachines(): string {
  const states = Object.entries(stateSays) as [ProposalState, string][];
  return [
    '# State machines',
    '',
    note,
    '',
    '## A proposal',
    '',
    'From `packages/core/src/proposal/transitions.ts`. What is not a row cannot happen: the engine refuses it with a sentence.',
    '',
    '```mermaid',
    'stateDiagram-v2',
    '  [*] --> open',
    ...transitions.map(({ from, event, to }) => `  ${from} --> ${to}: ${event}`),
    ...[...endedStates].map((state) => `  ${state} --> [*]`),
    '```',
    '',
    '| state | what it says to a person | over |',
    '|---|---|---|',
    ...states.map(([state, says]) => `| \`${state}\` | ${says} | ${endedStates.has(state) ? 'yes' : 'no'} |`),
    '',
    '| from | event | to | when |',
    '|---|---|---|---|',
    ...transitions.map(({ from, event, to, says }) => `| \`${from}\` | ${event} | \`${to}\` | ${says} |`),
    '',
  ].join('\n');
}

function sayDrills(): string {
  return [
    '# Drills',
    '',
    note,
    '',
    'From `packages/drill/src/scenario`. `petrov drill run NAME` plays one on real servers, in a sandbox of its own, and checks them afterwards: what was acknowledged and is gone fits the quote, never two members take writes by our hand, the record is whole, nothing is left. `npm run test:long` plays them all.',
    '',
    '| drill | what happens | how it must end, if approved |',
    '|---|---|---|',
    ...SCENARIOS.map((scenario) => `| \`${scenario.id}\` | ${scenario.says} | ${sayEnd(scenario)} |`),
    '',
  ].join('\n');
}

function sayEnd({ proposes, ends, sequels = [], outcome = 'promoted' }: Scenario): string {
  if (!proposes) return 'nothing is proposed';
  const says = { resume: 'resumes', abandon: 'abandons', 'leave-fence': 'abandons and leaves the fence' };
  const later = sequels.flatMap((sequel) =>
    sequel.do === 'decide'
      ? [`a person ${says[sequel.decision]}: ${sequel.ends.state}`]
      : sequel.do === 'approve-next'
        ? [`the next question is approved: ${sequel.ends.state}`]
        : sequel.do === 'await-end'
          ? [sequel.ends.state]
          : [],
  );
  const who = {
    unchanged: 'nobody is promoted, the old primary serves',
    promoted: 'one is promoted',
    'taken-over': 'one is promoted by hand, and adopted',
  }[outcome];
  return [ends?.state ?? 'succeeded', ...later, who].join('; ');
}

const families = {
  P1: 'what is believed',
  P2: 'proposals and decisions',
  P3: 'runs',
  P4: 'pages',
  P5: 'people',
  P6: 'the controller',
  P7: 'the sandbox',
} as const;

function sayAuditCodes(): string {
  const sections = Object.entries(families).flatMap(([family, about]) => [
    `## ${family}xxx: ${about}`,
    '',
    '| code | what happened |',
    '|---|---|',
    ...Object.entries(auditCodes)
      .filter(([code]) => code.startsWith(family))
      .map(([code, says]) => `| \`${code}\` | ${says} |`),
    '',
  ]);
  return [
    '# Codes on the record',
    '',
    note,
    '',
    'From `packages/core/src/engine/audit-codes.ts`. A code keeps its meaning for ever; a new thing gets a new code.',
    '',
    ...sections,
  ].join('\n');
}

if (import.meta.main)
  for (const [path, page] of Object.entries(pages)) writeFileSync(new URL(`../${path}`, import.meta.url), page());
