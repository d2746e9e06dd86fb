// Goal: whatever is done to the record afterwards is found, and the first bad entry is named. Method: build a chain with
// real SHA-256 and Ed25519, damage it in every way that one can think of (and in random ones), verify.
import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditDraft } from '../engine/io.ts';
import {
  type ChainedEntry,
  type ChainKit,
  chainDrafts,
  checkCheckpoint,
  checkEntry,
  checkLine,
  checkpointLine,
  checkpointText,
  EMPTY_CHECK,
  EMPTY_FILE,
  EMPTY_HEAD,
  endCheck,
  endFile,
  entryLine,
  type FileKit,
  hashEntry,
  headerLine,
  makeCheckpoint,
  type SignedCheckpoint,
} from './index.ts';

const keys = generateKeyPairSync('ed25519');
const publicKey = keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const verifyText = (text: string, signature: string) =>
  verify(null, Buffer.from(text), keys.publicKey, Buffer.from(signature, 'base64'));
const kit: ChainKit = { hash, verify: verifyText, origin: 'petrov' };
const fileKit: FileKit = { hash, verifyWith: (_key, text, signature) => verifyText(text, signature), publicKey };

function draft(n: number, says = `thing ${n} happened`): AuditDraft {
  return {
    atMs: 1_700_000_000_000 + n,
    code: 'P1001',
    says,
    actor: { kind: 'engine', id: 'petrov', name: 'Petrov' },
    cluster: 'orders',
    payload: { n, nested: { list: [1, 'zwei', null, true, 1e21] } },
  };
}
function signCheckpoint(head: { seq: number; hash: string }): SignedCheckpoint {
  const checkpoint = makeCheckpoint('petrov', head, 1);
  return {
    checkpoint,
    signature: sign(null, Buffer.from(checkpointText(checkpoint)), keys.privateKey).toString('base64'),
  };
}
const build = (count: number) =>
  chainDrafts(
    Array.from({ length: count }, (_, n) => draft(n + 1)),
    EMPTY_HEAD,
    hash,
  );
function headOf(chain: readonly ChainedEntry[]) {
  const last = chain.at(-1);
  return last ? { seq: last.entry.seq, hash: last.hash } : EMPTY_HEAD;
}
function verifyChain(chain: readonly { entry: unknown; hash: unknown }[], signed: SignedCheckpoint) {
  const folded = chain.reduce((check, raw) => checkEntry(check, raw, kit), EMPTY_CHECK);
  return endCheck(checkCheckpoint(folded, signed, kit), kit);
}
function exportLines(chain: readonly ChainedEntry[]): string[] {
  return [
    headerLine({ origin: 'petrov', publicKey }),
    ...chain.map(entryLine),
    checkpointLine(signCheckpoint(headOf(chain))),
  ];
}
const verifyLines = (lines: readonly string[]) =>
  endFile(lines.reduce((file, line) => checkLine(file, line, fileKit), EMPTY_FILE));

describe('the chain', () => {
  it('is whole as written', () => {
    const chain = build(5);
    expect(verifyChain(chain, signCheckpoint(headOf(chain)))).toEqual({
      ok: true,
      entries: 5,
      says: 'The chain is whole: 5 entries, 1 signed checkpoint fits.',
    });
  });

  it('hashes a zero byte and the canonical form', () => {
    const [first] = build(1);
    const bytes = Buffer.concat([
      Buffer.of(0),
      Buffer.from(entryLine(first!).replace(/^\{"entry":(.*),"hash":"[0-9a-f]+"\}$/, '$1')),
    ]);
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(first!.hash);
  });

  it('continues a head group by group', () => {
    const first = build(2);
    const second = chainDrafts([draft(3)], headOf(first), hash);
    expect([...first, ...second]).toEqual(build(3));
  });

  it('names an edited entry', () => {
    const chain = build(5);
    const edited = chain.map((one) =>
      one.entry.seq === 3 ? { ...one, entry: { ...one.entry, says: 'nothing' } } : one,
    );
    const answer = verifyChain(edited, signCheckpoint(headOf(chain)));
    expect(answer.firstBad).toMatchObject({ seq: 3, check: 'content-hash' });
    expect(answer.says).toContain('Entry 3 (P1001) was changed after it was written');
  });

  it('names the entry after one that was edited together with its hash', () => {
    const chain = build(5);
    const entry = { ...chain[2]!.entry, says: 'nothing' };
    const edited = chain.with(2, { entry, hash: hashEntry(entry, hash) });
    expect(verifyChain(edited, signCheckpoint(headOf(chain))).firstBad).toMatchObject({
      seq: 4,
      check: 'previous-hash',
    });
  });

  it('sees a chain rewritten to its end, by the signed checkpoint', () => {
    const rewritten = chainDrafts([draft(1), draft(2, 'nothing'), draft(3)], EMPTY_HEAD, hash);
    const answer = verifyChain(rewritten, signCheckpoint(headOf(build(3))));
    expect(answer.firstBad).toMatchObject({ seq: 3, check: 'checkpoint-hash' });
  });

  it('sees a checkpoint that another key signed', () => {
    const chain = build(2);
    const signed = { ...signCheckpoint(headOf(chain)), signature: Buffer.alloc(64).toString('base64') };
    expect(verifyChain(chain, signed).firstBad).toMatchObject({ seq: 2, check: 'checkpoint-signature' });
  });

  it('sees entries appended under no checkpoint', () => {
    const chain = build(4);
    expect(verifyChain(chain, signCheckpoint(headOf(chain.slice(0, 3)))).firstBad).toMatchObject({
      seq: 4,
      check: 'tail-unsigned',
    });
  });

  it("says when an entry isn't well formed", () => {
    const chain = build(2);
    const broken = chain.with(1, { ...chain[1]!, entry: { ...chain[1]!.entry, actor: { kind: 'ghost' } } as never });
    expect(verifyChain(broken, signCheckpoint(headOf(chain))).firstBad).toMatchObject({ seq: 2, check: 'form' });
  });

  it('makes text storable and refuses numbers that have no form', () => {
    const [one] = chainDrafts([draft(1, 'nul \u0000 and lone \ud800')], EMPTY_HEAD, hash);
    expect(one!.entry.says).toBe('nul \uFFFD and lone \uFFFD');
    expect(() => chainDrafts([{ ...draft(1), payload: { rate: Number.NaN } }], EMPTY_HEAD, hash)).toThrow('rate');
  });
});

describe('any damage', () => {
  const chainAndPlace = fc
    .integer({ min: 2, max: 12 })
    .chain((count) => fc.record({ count: fc.constant(count), at: fc.integer({ min: 0, max: count - 1 }) }));

  it('deleted, doubled, swapped or cut: found at or before the place', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.constantFrom('delete', 'double', 'swap', 'cut'), ({ count, at }, how) => {
        const chain = build(count);
        const signed = signCheckpoint(headOf(chain));
        const other = (at + 1) % count;
        const damaged = {
          delete: () => chain.toSpliced(at, 1),
          double: () => chain.toSpliced(at, 0, chain[at]!),
          swap: () => chain.with(at, chain[other]!).with(other, chain[at]!),
          cut: () => chain.slice(0, at),
        }[how]();
        const answer = verifyChain(damaged, signed);
        expect(answer.ok).toBe(false);
        expect(answer.firstBad!.seq).toBeLessThanOrEqual(at + 2);
      }),
    );
  });

  it('a forged entry in between, hashed well, is found', () => {
    fc.assert(
      fc.property(chainAndPlace, fc.string(), ({ count, at }, says) => {
        const chain = build(count);
        const [forged] = chainDrafts([draft(99, says)], headOf(chain.slice(0, at)), hash);
        const answer = verifyChain(chain.toSpliced(at, 0, forged!), signCheckpoint(headOf(chain)));
        expect(answer.ok).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('any flipped bit of an exported file is found', () => {
    const text = exportLines(build(3)).join('\n');
    fc.assert(
      fc.property(fc.nat(Buffer.byteLength(text) - 1), fc.integer({ min: 0, max: 7 }), (byte, bit) => {
        const bytes = Buffer.from(text);
        bytes[byte]! ^= 1 << bit;
        expect(verifyLines(bytes.toString('utf8').split('\n')).ok).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });

  it('a file cut at any line is found', () => {
    const lines = exportLines(build(4));
    for (let length = 2; length < lines.length; length++) expect(verifyLines(lines.slice(0, length)).ok).toBe(false);
    expect(verifyLines(lines).ok).toBe(true);
  });
});
