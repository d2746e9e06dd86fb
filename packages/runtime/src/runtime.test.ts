// The small parts of the runtime: ids, secrets, signatures, configuration, shutdown.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ConfigInvalid, loadConfig, parseConfig } from './config/index.ts';
import { explainFailure, DeadlinePassed } from './postgres/index.ts';
import { jitterMs, newId, newNonce } from './random/index.ts';
import { socketPath } from './redis/index.ts';
import { resolveSecret, Secret } from './secrets/index.ts';
import { canonicalJson, createSigner, createVerifier, generateKeyPair, verifySignature } from './signing/index.ts';
import { Shutdown } from './shutdown/index.ts';

describe('ids', () => {
  it('sort by the time they were made at, hold no dot and never repeat', () => {
    const ids = [1, 5, 1_700_000_000_000, 1_700_000_000_001].map((ms) => newId('run', ms));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(Array.from({ length: 1_000 }, () => newId('run', 5))).size).toBe(1_000);
    for (const id of ids) expect(id).toMatch(/^run-[0-9a-z]{20}$/);
  });
  it('nonces are long and jitter stays below its bound', () => {
    expect(newNonce().length).toBe(24);
    for (let n = 0; n < 100; n += 1) expect(jitterMs(10)).toBeLessThan(10);
    expect(jitterMs(0)).toBe(0);
  });
});

describe('secrets', () => {
  it('print as [secret] whatever prints them', () => {
    const secret = new Secret('hunter2');
    const printed = [String(secret), JSON.stringify({ secret }), inspect({ secret }), String(Object.entries(secret))];
    expect(printed.join(' ')).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
  it('are read from a file without its last line break, or from the environment', () => {
    const folder = mkdtempSync(join(tmpdir(), 'petrov-secret-'));
    writeFileSync(join(folder, 'key'), 'abc\n');
    expect(resolveSecret(`file:${join(folder, 'key')}`).reveal()).toBe('abc');
    rmSync(folder, { recursive: true });
    expect(resolveSecret('env:TOKEN', { TOKEN: 'xyz' }).reveal()).toBe('xyz');
    expect(() => resolveSecret('env:TOKEN', {})).toThrow('the environment variable TOKEN is not set');
    expect(() => resolveSecret('file:/nowhere/key')).toThrow('file:/nowhere/key');
    expect(() => resolveSecret('hunter2')).not.toThrow('hunter2');
  });
});

describe('signing', () => {
  it('verifies what was signed and nothing else', () => {
    const pair = generateKeyPair();
    const signer = createSigner(pair.privateKeyPem);
    const signature = signer.sign('text');
    expect(signer.publicKey).toBe(pair.publicKey);
    expect(verifySignature(pair.publicKey, 'text', signature)).toBe(true);
    expect(verifySignature(pair.publicKey, 'Text', signature)).toBe(false);
    expect(verifySignature(generateKeyPair().publicKey, 'text', signature)).toBe(false);
    for (const wrong of ['', 'not base64!', 'AAAA']) {
      expect(createVerifier(pair.publicKey).verify('text', wrong)).toBe(false);
    }
  });
  it('says what a key should be', () => {
    expect(() => createSigner('nonsense')).toThrow('PKCS8 PEM is expected');
    expect(() => createVerifier('nonsense')).toThrow('base64 of the SPKI form is expected');
  });
  it('canonical JSON ignores the order of keys', () => {
    expect(canonicalJson({ b: 1, a: [2, { d: 1, c: 2 }] })).toBe('{"a":[2,{"c":2,"d":1}],"b":1}');
  });
});

describe('configuration', () => {
  const schema = z.object({
    version: z.literal(1),
    clusters: z.array(z.object({ id: z.string(), port: z.number().int().default(5432) })).min(1),
  });
  function problemsOf(text: string): string {
    try {
      parseConfig(text, schema, 'petrov.yaml');
      return '';
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigInvalid);
      return error instanceof Error ? error.message : '';
    }
  }
  it('is read with its defaults', () => {
    expect(parseConfig('version: 1\nclusters: [{ id: a }]', schema)).toEqual({
      version: 1,
      clusters: [{ id: 'a', port: 5432 }],
    });
  });
  it('names file, line, column, path and what is expected, for each mistake', () => {
    expect(problemsOf('version: 2\nclusters:\n  - id: a\n    port: many\n  - port: 1\n').split('\n')).toEqual([
      'petrov.yaml:1:1: version: expected 1',
      'petrov.yaml:4:5: clusters[0].port: expected number, received string',
      'petrov.yaml:5:5: clusters[1].id: expected string, received undefined',
    ]);
  });
  it('says where it is no YAML, and when the file is not there', () => {
    expect(problemsOf('version: [1\nclusters: "')).toMatch(/^petrov\.yaml:\d+:\d+: this isn't YAML: /);
    expect(() => loadConfig('/nowhere.yaml', schema)).toThrow("/nowhere.yaml: the file can't be read");
  });
});

describe('shutdown', () => {
  it('disposes once, the last added first, and tells what failed', async () => {
    const order: string[] = [];
    const shutdown = new Shutdown(pino({ level: 'silent' }));
    shutdown.add('first', () => void order.push('first'));
    shutdown.add('broken', () => Promise.reject(new Error('no')));
    shutdown.add('last', () => void order.push('last'));
    await Promise.allSettled([shutdown.run(), shutdown.run()]);
    await expect(shutdown.run()).rejects.toThrow('not ended cleanly: broken');
    expect(order).toEqual(['last', 'first']);
    expect(shutdown.signal.aborted).toBe(true);
  });
  it('is bounded', async () => {
    const shutdown = new Shutdown(pino({ level: 'silent' }), 20);
    shutdown.add('endless', () => new Promise(() => undefined));
    await expect(shutdown.run()).rejects.toThrow('still ending after 20 ms');
  });
});

describe('addresses and failures', () => {
  it('a unix socket is recognised in each of its forms', () => {
    expect(['unix:/a/b', 'unix:///a/b', '/a/b', 'redis://h:1'].map(socketPath)).toEqual([
      '/a/b',
      '/a/b',
      '/a/b',
      undefined,
    ]);
  });
  it('a name that is not found in time abstains, a connect that takes too long is silence', () => {
    expect(explainFailure(new DeadlinePassed('dns', 5)).outcome).toBe('dns-failed');
    expect(explainFailure(new DeadlinePassed('connect', 5)).outcome).toBe('timeout');
    expect(explainFailure(Object.assign(new Error('x'), { code: 'EHOSTUNREACH' })).outcome).toBe('unreachable');
    expect(explainFailure(Object.assign(new Error('x'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' })).outcome).toBe(
      'tls-failed',
    );
  });
});
