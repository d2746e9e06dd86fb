// synchronous_standby_names as PostgreSQL reads it: FIRST n (…), ANY n (…), n (…), or a list, of which one is waited for.
export type SyncNames = {
  /** How many standbys a commit waits for. */
  readonly needed: number;
  readonly names: readonly string[];
};

/** Undefined for an empty setting: nothing is waited for. */
export function parseSyncNames(text: string): SyncNames | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  const counted = /^(?:(?:FIRST|ANY)\s+)?(\d+)\s*\(([^]*)\)$/i.exec(trimmed);
  const list = counted?.[2] ?? trimmed;
  const names = [...list.matchAll(/"((?:[^"]|"")*)"|([^\s,"]+)/g)].map(
    (match) => match[1]?.replaceAll('""', '"') ?? match[2] ?? '',
  );
  return { needed: counted === null ? 1 : Number(counted[1]), names };
}

/** As the server compares: without regard to case, and `*` is everybody. */
export function isListed({ names }: SyncNames, applicationName: string): boolean {
  return names.some((name) => name === '*' || name.toLowerCase() === applicationName.toLowerCase());
}
