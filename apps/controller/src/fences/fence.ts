// A fence makes sure that an old primary takes no writes, and can be lifted. Both answer as every act does: done only with
// proof, refused when nothing was changed, else ambiguous; a timeout is ambiguous. A second call must be harmless.
import type { FenceConfig } from '@petrov/core/wire';
import type { Secret } from '@petrov/runtime/secrets';
import type { Act } from '../drivers/driver.ts';

export type FenceMethod = FenceConfig['method'];
export type ReadSecret = (reference: string) => Secret;

export type Fence = {
  readonly fence: Act;
  /** Called only when no other member is out of recovery. */
  readonly unfence: Act;
};

/** Makes one of its cluster's configuration; throws when a secret or a file can't be read. */
export type MakeFence<M extends FenceMethod> = (
  settings: Extract<FenceConfig, { method: M }>,
  readSecret: ReadSecret,
) => Fence;

export type FindFence = (cluster: string, method: FenceMethod | 'unfenced') => Fence | undefined;
