// A copy of a data directory: by reflink where the file system can, else plain. Owner and mode are kept.
import { runOk } from '../run.ts';

export async function cloneFolder(from: string, to: string): Promise<void> {
  await runOk(['cp', '-a', '--reflink=auto', from, to], { timeoutMs: 120_000 });
}
