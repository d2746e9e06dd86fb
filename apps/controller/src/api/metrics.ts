// The controller's gauges in Prometheus' text form: each is measured when asked, none is guessed.
import type { ApiContext } from './context.ts';
import { checkHealth } from './health.ts';
import { readClusters } from './views.ts';

type Sample = { readonly labels?: Readonly<Record<string, string>>; readonly value: number };
type Gauge = { readonly name: string; readonly help: string; readonly samples: readonly Sample[] };

export async function renderMetrics(context: ApiContext): Promise<string> {
  const { deps } = context;
  const health = await checkHealth(deps);
  const gauges: Gauge[] = [
    one('petrov_store_up', "Petrov's own Postgres answers.", health.isAble ? 1 : 0),
    one(
      'petrov_redis_up',
      'Redis answers; it carries wake-ups and live updates only.',
      health.redis === 'ready' ? 1 : 0,
    ),
    one('petrov_live_sockets', 'Consoles that watch now.', context.socketCount()),
    one('process_start_time_seconds', 'When this controller started, epoch seconds.', context.startedAtMs / 1_000),
    one('process_resident_memory_bytes', 'Resident memory.', process.memoryUsage.rss()),
    ...clusterGauges(context),
    ...(health.isAble ? await storeGauges(context) : []),
  ];
  return gauges.map(render).join('');
}

function clusterGauges({ deps }: ApiContext): Gauge[] {
  const clusters = readClusters(deps);
  return [
    {
      name: 'petrov_cluster_verdict',
      help: '1 for the verdict that stands.',
      samples: clusters.map(({ id, assessment }) => ({
        labels: { cluster: id, verdict: assessment.verdict },
        value: 1,
      })),
    },
    {
      name: 'petrov_cluster_epoch',
      help: 'Promotion epoch; one promotion consumes one.',
      samples: clusters.map(({ id, epoch }) => ({ labels: { cluster: id }, value: epoch })),
    },
    {
      name: 'petrov_member_behind_bytes',
      help: 'Bytes behind the primary, where known.',
      samples: clusters.flatMap(({ id: cluster, members }) =>
        members.flatMap(({ id: member, behindBytes }) =>
          behindBytes === undefined ? [] : [{ labels: { cluster, member }, value: behindBytes }],
        ),
      ),
    },
    {
      name: 'petrov_cluster_proposal_open',
      help: '1 while a proposal waits for a person or runs.',
      samples: clusters.map(({ id, proposal }) => ({ labels: { cluster: id }, value: proposal === undefined ? 0 : 1 })),
    },
  ];
}

async function storeGauges({ deps, auth }: ApiContext): Promise<Gauge[]> {
  const waiting = await deps.outbox.waiting();
  const oldestMs = waiting.oldestAtMs === undefined ? 0 : Math.max(0, deps.clock.nowMs() - waiting.oldestAtMs);
  return [
    one('petrov_outbox_waiting', 'Pages not delivered yet.', waiting.count),
    one('petrov_outbox_oldest_seconds', 'Age of the oldest of them.', oldestMs / 1_000),
    one('petrov_sessions', 'Sessions that count now.', await auth.sessions.countActive()),
  ];
}

function one(name: string, help: string, value: number): Gauge {
  return { name, help, samples: [{ value }] };
}

function render({ name, help, samples }: Gauge): string {
  const lines = samples.map(({ labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replace(/[\\"\n]/g, '_')}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}
