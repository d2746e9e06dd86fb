// synchronous_standby_names as PostgreSQL reads it: `a, b` (one of them is waited for), `2 (a, b)`, `FIRST 2 (a, "b")`,
// `ANY 1 (*)`.
import { z } from 'zod';

/** For whom commits wait. `number` 0: for nobody. */
export const CommitWait = z.object({
  method: z.enum(['first', 'any']),
  number: z.number().int().min(0),
  /** As they stand there; `*` is everybody. */
  names: z.array(z.string()),
});
export type CommitWait = z.infer<typeof CommitWait>;

/** Undefined when it can't be read. */
export function parseSyncNames(text: string): CommitWait | undefined {
  if (text.trim() === '') return { method: 'first', number: 0, names: [] };
  const counted = /^\s*(?:(first|any)\s+)?(\d+)\s*\((.*)\)\s*$/is.exec(text);
  const names = parseNames(counted?.[3] ?? text);
  if (names === undefined) return undefined;
  const method = counted?.[1]?.toLowerCase() === 'any' ? 'any' : 'first';
  return { method, number: Number(counted?.[2] ?? 1), names };
}

export function formatSyncNames({ method, number, names }: CommitWait): string {
  if (number === 0) return '';
  const quoted = names.map((name) => (name === '*' ? name : `"${name.replaceAll('"', '""')}"`));
  return `${method.toUpperCase()} ${number} (${quoted.join(', ')})`;
}

/** As the server compares: without regard to case, and `*` is everybody. */
export function isListed({ names }: Pick<CommitWait, 'names'>, applicationName: string): boolean {
  return names.some((name) => name === '*' || name.toLowerCase() === applicationName.toLowerCase());
}

function parseNames(list: string): string[] | undefined {
  const name = /\s*(?:"((?:[^"]|"")+)"|([^\s",()]+))\s*(,|$)/y;
  const names: string[] = [];
  for (;;) {
    const match = name.exec(list);
    if (match === null) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return names;
  }
}
