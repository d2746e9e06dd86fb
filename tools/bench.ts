// `npm run bench -- NAME`: measures in one run what a goal speaks of; the last line is one object. A goal that isn't met is
// told and fails nothing; a run in which a part of Petrov's care was off fails, since its figure would be a lie.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { comparePeers, getScenario, LOADS, measurePromote, sayPeers, sayPromote } from '@petrov/drill';

const usage = `npm run bench -- promote [--n 10] [--load idle,pgbench] [--scenario primary-killed,frozen]
  Bare SELECT pg_promote() to the first commit of a multi-host client, and Petrov's approve to the same, alternating.
  Prints medians, 90th percentiles, their ratio and whether the goals are met: of a primary that
  is dead, and of one that is silent (frozen). An hour on a quiet machine; --scenario primary-killed is half of it.
npm run bench -- peers [--n 5] [--peers DIR] [--python /usr/bin/python3]
  Petrov's killed primary with an operator who takes 0, 5 and 15 s, beside other tools by the scripts in DIR
  (bench_patroni.py, bench_repmgr.py, bench_pgaf.py; or PETROV_BENCH_PEERS). Without DIR: Petrov alone.
Exit code 1: a run could not be measured, or look, fence, journal or audit were off in it. Needs root. On a machine that
does other work a figure says little.`;

const root = join(import.meta.dirname, '..');
const mainOf = (app: string): string => join(root, 'apps', app, 'src', 'main.ts');
const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped')));
process.once('SIGTERM', () => stop.abort(new Error('stopped')));
const base = {
  root: join(root, 'var'),
  appPaths: { controller: mainOf('controller'), witness: mainOf('witness'), agent: mainOf('agent') },
  onProgress: (says: string) => console.error(`  ${says}`),
  signal: stop.signal,
};

type Args = ReturnType<typeof readArgs>;
type Report = { readonly text: string; readonly figures: unknown; readonly off: readonly string[] };

const benches: Readonly<Record<string, (args: Args) => Promise<Report>>> = {
  promote: async ({ n = 10, loads, scenarios }) => {
    const report = await measurePromote({ ...base, rounds: n, loads, scenarios });
    return { text: sayPromote(report), figures: report.compared, off: report.off };
  },
  peers: async ({ n = 5, directory, python, scenarios }) => {
    const [scenario = getScenario('primary-killed')] = scenarios;
    const report = await comparePeers({ ...base, rounds: n, directory, python, scenario });
    return { text: sayPeers(report), figures: report.rows, off: report.off };
  },
};

function readArgs() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      n: { type: 'string' },
      load: { type: 'string', default: LOADS.join(',') },
      scenario: { type: 'string', default: 'primary-killed,frozen' },
      peers: { type: 'string' },
      python: { type: 'string', default: '/usr/bin/python3' },
      help: { type: 'boolean', default: false },
    },
  });
  const n = values.n === undefined ? undefined : Number(values.n);
  if (n !== undefined && !(Number.isInteger(n) && n >= 1)) throw new Error(`--n ${values.n} is not a number of rounds`);
  const loads = values.load.split(',').map((name) => {
    const load = LOADS.find((one) => one === name);
    if (load === undefined) throw new Error(`--load ${name} is unknown; there are ${LOADS.join(', ')}`);
    return load;
  });
  return {
    name: positionals[0] ?? '',
    isHelp: values.help,
    n,
    loads,
    scenarios: values.scenario.split(',').map(getScenario),
    directory: values.peers ?? process.env['PETROV_BENCH_PEERS'],
    python: values.python,
  };
}

function readArgsOrEnd(): Args {
  try {
    return readArgs();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(2);
  }
}

const args = readArgsOrEnd();
if (args.isHelp) {
  console.log(usage);
  process.exit(0);
}
const bench = benches[args.name];
if (bench === undefined) {
  console.error(usage);
  process.exit(2);
}
const { text, figures, off } = await bench(args);
console.log(`${text}\n`);
console.log(JSON.stringify({ bench: args.name, ok: off.length === 0, figures, off }));
process.exit(off.length === 0 ? 0 : 1);
