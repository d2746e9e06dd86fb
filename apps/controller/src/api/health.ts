// Is this controller able to do its work? The store is asked each time, bounded; Redis is a helper and only reported.
import type { ApiDeps } from './deps.ts';

const STORE_WAIT_MS = 2_000;

export type Health = { readonly isAble: boolean; readonly store: string; readonly redis: string };

export async function checkHealth(deps: ApiDeps): Promise<Health> {
  const store = await askStore(deps);
  return { isAble: store === 'ready', store, redis: deps.redisStatus() };
}

async function askStore(deps: ApiDeps): Promise<string> {
  const { promise: timeout, resolve } = Promise.withResolvers<string>();
  const timer = setTimeout(() => resolve(`no answer for ${STORE_WAIT_MS / 1_000} s`), STORE_WAIT_MS);
  const answer = deps.pool.query('select 1').then(
    () => 'ready',
    (error: Error) => `does not answer: ${error.message}`,
  );
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
