// What was decided and done: by whom, how they proved it, when, why; newest first. One button checks the chain.
import { useState } from 'react';
import { useClusters, useRecord } from '../../api/queries.ts';
import { Empty, Failure, Waiting } from '../../parts/notice.tsx';
import { PageHead } from '../../parts/page.tsx';
import { plural } from '../../words/index.ts';
import { RecordEntry } from './record-entry.tsx';
import { VerifyChain } from './verify-chain.tsx';
import '../../styles/record.css';

export function RecordPage() {
  const [cluster, setCluster] = useState('');
  const clusters = useClusters();
  const record = useRecord(cluster);
  const pages = record.data?.pages ?? [];
  const entries = pages.flatMap((page) => page.entries);
  const total = pages[0]?.total ?? 0;
  return (
    <div className="stack wide">
      <PageHead
        title="Who did what, when, and why."
        tab="Record"
        lead="Every decision, step, page and sign-in, in one chain: an entry that is changed or removed breaks it visibly."
      />
      <VerifyChain />
      <section className="stack" aria-label="Entries">
        <label className="filter">
          Cluster
          <select value={cluster} onChange={(event) => setCluster(event.target.value)}>
            <option value="">all</option>
            {(clusters.data ?? []).map(({ id }) => (
              <option key={id} value={id}>
                {id}
              </option>
            ))}
          </select>
        </label>
        {record.isPending && <Waiting what="the record" />}
        {record.isError && <Failure error={record.error} onRetry={() => void record.refetch()} />}
        {record.isSuccess && entries.length === 0 && (
          <Empty title="Nothing is on the record yet">
            <p>The first entry is written with the first sign-in, fault, proposal or decision.</p>
          </Empty>
        )}
        {entries.length > 0 && (
          <>
            <p className="s soft">
              {plural(total, 'entry', 'entries')}, newest first{total > entries.length && `; ${entries.length} shown`}
            </p>
            <ol className="entries card">
              {entries.map((entry) => (
                <RecordEntry key={entry.seq} entry={entry} />
              ))}
            </ol>
          </>
        )}
        {record.hasNextPage && (
          <button type="button" disabled={record.isFetchingNextPage} onClick={() => void record.fetchNextPage()}>
            Show older entries
          </button>
        )}
      </section>
    </div>
  );
}
