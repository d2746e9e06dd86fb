// Source files begin with what they're for and stay small; core waits for nothing.
import { describe, expect, it } from 'vitest';
import { listFiles, readText } from './files.ts';

const sources = ['apps', 'packages', 'tools', 'tests'].flatMap((folder) => listFiles(folder, ['.ts', '.tsx', '.cjs']));
const isTest = (path: string) => /\.(test|itest|e2e|long)\.tsx?$/.test(path) || path.startsWith('tests/');

describe('each source file', () => {
  it('is found', () => {
    expect(sources.length).toBeGreaterThan(100);
  });

  it('begins with a comment that says what it is for', () => {
    const silent = sources.filter((path) => !isTest(path) && !/^(#![^\n]*\n)?(\/\/|\/\*)/.test(readText(path)));
    expect(silent, 'begin these with one to five lines: what the file decides or does').toEqual([]);
  });

  it('has at most 250 lines, a test 400', () => {
    const long = sources.filter((path) => readText(path).trimEnd().split('\n').length > (isTest(path) ? 400 : 250));
    expect(long, 'split these by idea').toEqual([]);
  });
});

describe('core', () => {
  it('waits for nothing: no async, await or Promise', () => {
    const waiting = listFiles('packages/core/src', ['.ts'])
      .filter((path) => !isTest(path))
      .filter((path) => /\b(async|await|Promise)\b/.test(stripWords(readText(path))));
    expect(waiting, 'what takes time is an effect; its result is an input').toEqual([]);
  });

  it('reads no clock and rolls no dice', () => {
    const impure = listFiles('packages/core/src', ['.ts'])
      .filter((path) => !isTest(path))
      .filter((path) =>
        /\b(Date\.now|new Date|Math\.random|process\.|setTimeout|performance\.)/.test(stripWords(readText(path))),
      );
    expect(impure, 'time, chance and identity are arguments').toEqual([]);
  });
});

/** Without comments and texts, roughly: enough to look for words of the language. */
function stripWords(code: string): string {
  return code
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '')
    .replace(/'(?:[^'\\\n]|\\.)*'/g, "''");
}
