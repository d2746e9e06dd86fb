// Loads a YAML file and checks it with a zod schema. Every mistake is named at once: file, line and column, key path, and
// what is expected there.
import { readFileSync } from 'node:fs';
import { type Document, isMap, isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';

export type ConfigProblem = {
  readonly line: number;
  readonly column: number;
  /** Such as `clusters[0].members[1].zone`; empty for the whole file. */
  readonly path: string;
  readonly message: string;
};

export class ConfigInvalid extends Error {
  readonly code = 'config-invalid';
  readonly file: string;
  readonly problems: readonly ConfigProblem[];
  constructor(file: string, problems: readonly ConfigProblem[]) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'));
    this.file = file;
    this.problems = problems;
  }
}

/** Throws ConfigInvalid, with all problems, or for a file that can't be read. */
export function loadConfig<S extends z.ZodType>(file: string, schema: S): z.output<S> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigInvalid(file, [{ line: 0, column: 0, path: '', message: `the file can't be read: ${why}` }]);
  }
  return parseConfig(text, schema, file);
}

/** As loadConfig, for a text at hand; `file` only names it in errors. */
export function parseConfig<S extends z.ZodType>(text: string, schema: S, file = 'config'): z.output<S> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  if (document.errors.length > 0) {
    const problems = document.errors.map((error) => {
      const at = lines.linePos(error.pos[0]);
      return { line: at.line, column: at.col, path: '', message: `this isn't YAML: ${error.message}` };
    });
    throw new ConfigInvalid(file, problems);
  }
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  throw new ConfigInvalid(
    file,
    parsed.error.issues.map((issue) => locate(document, lines, issue)),
  );
}

function locate(document: Document, lines: LineCounter, issue: z.core.$ZodIssue): ConfigProblem {
  const at = lines.linePos(findOffset(document, issue.path));
  return { line: at.line, column: at.col, path: pathText(issue.path), message: issueText(issue) };
}

/** Where the value stands, or, when it's missing, the nearest thing around it that exists. */
function findOffset(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const key = keyOffset(document, path.slice(0, length));
    if (key !== undefined) return key;
  }
  return isNode(document.contents) ? (document.contents.range?.[0] ?? 0) : 0;
}

/** The offset of the key for a map's value (the place a person looks for), of the item in a list. */
function keyOffset(document: Document, path: readonly PropertyKey[]): number | undefined {
  const last = path.at(-1);
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isNode(item.key) && String(item.key) === String(last));
    return pair && isNode(pair.key) ? pair.key.range?.[0] : undefined;
  }
  const item = document.getIn(path, true);
  return isNode(item) ? item.range?.[0] : undefined;
}

function issueText(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_union') {
    const options = issue.errors.map((branch) => branch.map((one) => one.message).join(' and '));
    return options.length > 0 ? [...new Set(options)].join(', or ') : issue.message;
  }
  return issue.message.replace(/^Invalid input: /, '');
}

function pathText(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`))
    .join('');
}

function problemLine(file: string, problem: ConfigProblem): string {
  const place = problem.line > 0 ? `${file}:${problem.line}:${problem.column}` : file;
  return problem.path === '' ? `${place}: ${problem.message}` : `${place}: ${problem.path}: ${problem.message}`;
}
