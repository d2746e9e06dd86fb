// Checks the whole chain on the controller and says the result in a sentence; names the first bad entry.
import type { AuditVerification } from '@petrov/core/wire';
import { useMutation } from '@tanstack/react-query';
import { getJson, messageOf } from '../../api/client.ts';

export function VerifyChain() {
  const check = useMutation({ mutationFn: () => getJson<AuditVerification>('/audit/verify') });
  return (
    <section className="row verify" aria-label="Verify">
      <button type="button" disabled={check.isPending} onClick={() => check.mutate()}>
        Verify the chain
      </button>
      <p role="status" className="s">
        {check.isIdle && 'Recomputes every hash, from the first entry to the last.'}
        {check.isPending && 'Checking every entry …'}
        {check.isError && messageOf(check.error)}
        {check.data !== undefined && <Result found={check.data} />}
      </p>
    </section>
  );
}

function Result({ found }: { readonly found: AuditVerification }) {
  return (
    <span className={found.ok ? 'tone-ok' : 'tone-for'}>
      <span aria-hidden="true">{found.ok ? '● ' : '▲ '}</span>
      {found.says}
      {found.firstBad !== undefined &&
        ` First bad entry: ${found.firstBad.seq} (${found.firstBad.check}). ${found.firstBad.says}`}
    </span>
  );
}
