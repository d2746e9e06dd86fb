// What a request needs to know that no report tells: read of the primary itself, right before the engine is asked. One that
// can't be read is the engine's to judge, by what it is told of it.
import type { RequestInput } from '@petrov/core/engine';
import { type Reach, readMember } from './facts.ts';

/** A switchover would break off a base backup that is being taken. */
export async function readForRequest(
  reach: Reach,
  request: RequestInput,
  primary: string | undefined,
): Promise<RequestInput> {
  if (request.kind !== 'switchover' || primary === undefined) return request;
  const read = await readMember(reach, request.cluster, primary);
  return read.ok ? { ...request, backupsRunning: read.facts.backupsRunning } : request;
}
