// The faults of this sandbox, grouped by what they break, and those that hold now with the way to heal them.
import type { FaultRequest, SandboxView, Session } from '@petrov/core/wire';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { messageOf, postJson } from '../../api/client.ts';
import { useNow } from '../../api/context.ts';
import { keys } from '../../api/keys.ts';
import { useSandbox } from '../../api/queries.ts';
import { Failure, Waiting } from '../../parts/notice.tsx';
import { formatAge } from '../../words/index.ts';
import '../../styles/sandbox.css';

type Fault = SandboxView['faults'][number];

export function FaultPanel({ role }: { readonly role: Session['user']['role'] }) {
  const sandbox = useSandbox(true);
  const breaking = useFaultCall('/sandbox/faults');
  const healing = useFaultCall('/sandbox/heal');
  if (sandbox.isPending) return <Waiting what="the sandbox" />;
  if (sandbox.isError) return <Failure error={sandbox.error} onRetry={() => void sandbox.refetch()} />;
  if (sandbox.data === null) return null;
  const mayBreak = role !== 'viewer';
  const isBusy = breaking.isPending || healing.isPending || !mayBreak;
  const error = breaking.error ?? healing.error;
  const { faults, active } = sandbox.data;
  return (
    <div className="stack">
      <ActiveFaults view={sandbox.data} isBusy={isBusy} onHeal={(fault) => healing.mutate(fault)} />
      {!mayBreak && <p className="s soft">You are signed in as viewer; breaking and healing takes an operator.</p>}
      {error !== null && (
        <p role="alert" className="s refused">
          {messageOf(error)}
        </p>
      )}
      <div className="columns">
        {(['database', 'view'] as const).map((breaks) => (
          <FaultGroup
            key={breaks}
            title={breaks === 'database' ? 'Breaks the database' : 'Breaks our view of it'}
            faults={faults.filter((fault) => fault.breaks === breaks)}
            active={active}
            isBusy={isBusy}
            onBreak={(fault) => breaking.mutate({ name: fault.name, args: fault.args })}
          />
        ))}
      </div>
    </div>
  );
}

type GroupProps = {
  readonly title: string;
  readonly faults: readonly Fault[];
  readonly active: SandboxView['active'];
  readonly isBusy: boolean;
  readonly onBreak: (fault: Fault) => void;
};

function FaultGroup({ title, faults, active, isBusy, onBreak }: GroupProps) {
  return (
    <section className="card stack">
      <h2>{title}</h2>
      <ul className="stack">
        {faults.map((fault) => (
          <li key={`${fault.name} ${fault.args.join(' ')}`} className="fault">
            <button
              type="button"
              disabled={isBusy || active.some((one) => isSame(one, fault))}
              onClick={() => onBreak(fault)}
            >
              {fault.label}
            </button>
            <p className="s soft">{fault.summary}</p>
          </li>
        ))}
      </ul>
    </section>
  );
}

type ActiveProps = {
  readonly view: SandboxView;
  readonly isBusy: boolean;
  readonly onHeal: (fault: FaultRequest) => void;
};

function ActiveFaults({ view, isBusy, onHeal }: ActiveProps) {
  const nowMs = useNow();
  return (
    <section className="card stack tight" aria-labelledby="active">
      <h2 id="active">Broken now</h2>
      {view.active.length === 0 && <p className="s soft">Nothing. Press a fault, then watch the cluster’s page.</p>}
      {view.active.map((fault) => (
        <div key={`${fault.name} ${fault.args.join(' ')}`} className="row between">
          <span>
            {view.faults.find((one) => isSame(one, fault))?.label ?? [fault.name, ...fault.args].join(' ')}{' '}
            <span className="soft s">{formatAge(fault.atMs, nowMs)}</span>
          </span>
          <button
            type="button"
            className="small"
            disabled={isBusy}
            onClick={() => onHeal({ name: fault.name, args: fault.args })}
          >
            Heal
          </button>
        </div>
      ))}
    </section>
  );
}

function useFaultCall(path: string) {
  const cache = useQueryClient();
  return useMutation({
    mutationFn: (fault: FaultRequest) => postJson<unknown>(path, fault),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.sandbox }),
  });
}

function isSame(one: { readonly name: string; readonly args: readonly string[] }, other: FaultRequest): boolean {
  return one.name === other.name && one.args.join(' ') === other.args.join(' ');
}
