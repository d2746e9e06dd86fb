// Rows under headings, aligned, two spaces apart; a column without any content is left out.
export type Cell = string | number | undefined;

export function renderTable(headings: readonly string[], rows: readonly (readonly Cell[])[], indent = ''): string {
  const texts = rows.map((row) => headings.map((_, column) => String(row[column] ?? '')));
  const shown = headings.flatMap((_, column) => (texts.some((row) => row[column] !== '') ? [column] : []));
  const width = (column: number) =>
    Math.max(headings[column]?.length ?? 0, ...texts.map((row) => row[column]?.length ?? 0));
  const widths = new Map(shown.map((column) => [column, width(column)]));
  const line = (row: readonly string[]) =>
    indent +
    shown
      .map((column) => (row[column] ?? '').padEnd(widths.get(column) ?? 0))
      .join('  ')
      .trimEnd();
  return [line(headings), ...texts.map(line)].join('\n');
}
