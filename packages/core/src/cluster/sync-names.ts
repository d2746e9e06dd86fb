// synchronous_standby_names as the server writes it: `a, b`, `2 (a, b)`, `FIRST 2 (a, "b")`, `ANY 1 (*)`.

/** The names in it; undefined when it can't be read. An empty list: commits wait for nobody. */
export function parseSyncNames(text: string): readonly string[] | undefined {
  const listed = /^\s*(?:(?:first|any)\s+)?\d+\s*\((.*)\)\s*$/is.exec(text)?.[1] ?? text;
  if (listed.trim() === '') return listed === text ? [] : undefined;
  const name = /\s*(?:"((?:[^"]|"")+)"|([^\s",()]+))\s*(,|$)/y;
  const names: string[] = [];
  for (;;) {
    const match = name.exec(listed);
    if (match === null) return undefined;
    names.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') return names;
  }
}
