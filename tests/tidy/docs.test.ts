// Pages tell the truth: what is made of tables is made anew and compared, and paths that are cited exist.
import { existsSync } from 'node:fs';
import { ACT_VERBS, AgentConfig } from '@petrov/core/wire';
import { parseConfig } from '@petrov/runtime/config';
import { describe, expect, it } from 'vitest';
import { pages } from '../../tools/docs.ts';
import { listFiles, readText, root } from './files.ts';

const texts = [
  ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'CHANGELOG.md'].filter((name) =>
    existsSync(new URL(name, root)),
  ),
  ...listFiles('docs', ['.md']),
  ...['apps', 'packages', 'tests'].flatMap((folder) => listFiles(folder, ['.md'])),
];

describe('pages made of tables', () => {
  it.each(Object.entries(pages))('%s is up to date', (path, page) => {
    expect(readText(path), 'run: node tools/docs.ts').toBe(page());
  });
});

describe('the example of an agent’s file', () => {
  const [, example = ''] = /```yaml\n(# agent\.yaml\n[\s\S]*?)```/.exec(readText('docs/your-own-clusters.md')) ?? [];
  const whole = example.replace(/^# (?=\w+: )/gm, '');

  it('is a file that an agent takes, with every verb', () => {
    expect(parseConfig(example, AgentConfig).allow).toEqual([...ACT_VERBS]);
  });

  it('has every key, those that may be left out among the comments', () => {
    const taken = parseConfig(whole, AgentConfig);
    expect([taken.lease, taken.gateWhenAlone]).toEqual([{ afterMs: 15_000 }, 'closed']);
    const missing = Object.keys(AgentConfig.shape).filter((key) => !new RegExp(`^${key}:`, 'm').test(whole));
    expect(missing).toEqual([]);
  });
});

describe('each page', () => {
  it.each(texts)('%s cites only paths that exist', (text) => {
    const content = readText(text);
    const cited = [...content.matchAll(/`((?:apps|packages|tests|tools|docs|scripts|deploy|\.ci)\/[\w.@/-]+)`/g)].map(
      (m) => m[1] ?? '',
    );
    const linked = [...content.matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)/g)].map((m) => m[1] ?? '');
    const missing = [
      ...cited.filter((path) => !existsSync(new URL(path, root))),
      ...linked.filter((path) => !existsSync(new URL(path, new URL(text, root)))),
    ];
    expect(missing).toEqual([]);
  });
});
