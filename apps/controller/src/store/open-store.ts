// Opens Petrov's own store for one controller: refuses a guarded server, brings the tables up to date, takes the store
// over from any older controller, and reads what the engine starts from.
import type { Pool } from 'pg';
import { migrate } from './migrations.ts';
import { GuardedStore, readSystemIdentifier, refuseGuardedStore } from './own-store.ts';
import { type Restored, restore } from './restore.ts';
import { takeOver } from './statements/engine-owner.ts';

/** Members that don't answer are checked when they do: a start during an outage doesn't wait for them. */
const MEMBERS_WITHIN_MS = 1_000;

type Guarded = { readonly cluster: string; readonly systemIdentifier?: string | undefined };
type Deps = {
  readonly pool: Pool;
  readonly bootId: string;
  /** What the guarded members say they are; each answers or not, within its own deadline. */
  readonly askMembers: () => Promise<readonly Guarded[]>;
  /** The store turned out to be a guarded server after the start. */
  readonly onGuarded: (error: GuardedStore) => void;
};

export async function openStore(deps: Deps): Promise<{ restored: Restored; migrated: readonly string[] }> {
  const own = await readSystemIdentifier(deps.pool);
  await refuseWhatAnswers(deps, own);
  const migrated = await migrate(deps.pool);
  // From here on an older controller commits nothing: what is read is the last word.
  await takeOver(deps.pool, deps.bootId);
  const restored = await restore(deps.pool);
  refuseGuardedStore(own, restored.clusters);
  return { restored, migrated };
}

async function refuseWhatAnswers({ askMembers, onGuarded }: Deps, own: string): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), MEMBERS_WITHIN_MS);
  const checking = askMembers().then((members) => {
    refuseGuardedStore(own, members);
    return true;
  });
  try {
    const isChecked = await Promise.race([checking, late]);
    if (isChecked) return;
    checking.catch((error: unknown) => {
      if (error instanceof GuardedStore) onGuarded(error);
    });
  } finally {
    clearTimeout(timer);
  }
}
