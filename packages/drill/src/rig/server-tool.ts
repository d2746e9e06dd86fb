// A program of Postgres on a member's data directory, in its host, as the user that owns it: what a person does by hand.
import { join } from 'node:path';
import type { MemberDescription, Site } from '@petrov/sandbox';
import { DrillError } from '../errors.ts';

const WITHIN_MS = 60_000;

export async function runServerTool(site: Site, member: MemberDescription, [tool = '', ...args]: readonly string[]) {
  const { osUser, binFolder } = site.description;
  const asOwner =
    process.getuid?.() === 0 ? ['setpriv', `--reuid=${osUser}`, `--regid=${osUser}`, '--clear-groups', '--'] : [];
  const argv = [...asOwner, join(binFolder, tool), '-D', member.dataFolderInside, ...args];
  const ended = await site.execIn(member.id, argv, { timeoutMs: WITHIN_MS });
  if (ended.code !== 0) {
    throw new DrillError(
      'tool-failed',
      `${tool} of ${member.id} ended with ${ended.code}: ${ended.stderr || ended.stdout}`,
    );
  }
}
