// Ed25519 signatures over exact bytes, canonical JSON (RFC 8785), SHA-256. Private keys are PKCS8 PEM, public keys base64
// of their SPKI form, signatures base64.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { canonicalText } from '@petrov/core/audit';

export type KeyPair = { readonly privateKeyPem: string; readonly publicKey: string };
export type Signer = { readonly publicKey: string; sign(text: string | Uint8Array): string };
export type Verifier = { readonly publicKey: string; verify(text: string | Uint8Array, signature: string): boolean };

export class BadKey extends Error {
  readonly code = 'bad-key';
}

export function generateKeyPair(): KeyPair {
  const pair = generateKeyPairSync('ed25519');
  return {
    privateKeyPem: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicText(pair.publicKey),
  };
}

/** Throws BadKey when `privateKeyPem` isn't an Ed25519 private key. */
export function createSigner(privateKeyPem: string): Signer {
  const key = parseKey('private', () => createPrivateKey(privateKeyPem));
  return {
    publicKey: publicText(createPublicKey(key)),
    sign: (text) => sign(null, toBytes(text), key).toString('base64'),
  };
}

/** Parse a public key once, verify many. Throws BadKey. */
export function createVerifier(publicKey: string): Verifier {
  const key = parseKey('public', () =>
    createPublicKey({ key: Buffer.from(publicKey, 'base64'), type: 'spki', format: 'der' }),
  );
  return { publicKey, verify: (text, signature) => verifyBytes(key, toBytes(text), signature) };
}

/** False for a wrong signature, and for anything that isn't one. Throws BadKey for a bad public key. */
export function verifySignature(publicKey: string, text: string | Uint8Array, signature: string): boolean {
  return createVerifier(publicKey).verify(text, signature);
}

/** RFC 8785; throws for what JSON can't hold. */
export function canonicalJson(value: unknown): string {
  return canonicalText(value);
}

export function sha256Hex(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

function verifyBytes(key: KeyObject, bytes: Uint8Array, signature: string): boolean {
  const given = Buffer.from(signature, 'base64');
  return given.length === 64 && verify(null, bytes, key, given);
}

function parseKey(kind: 'private' | 'public', parse: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = parse();
  } catch (error) {
    throw new BadKey(`This is no Ed25519 ${kind} key: ${formOf(kind)} is expected.`, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') {
    throw new BadKey(`This ${kind} key is ${key.asymmetricKeyType ?? 'unknown'}, an Ed25519 key is expected.`);
  }
  return key;
}

function formOf(kind: 'private' | 'public'): string {
  return kind === 'private' ? 'PKCS8 PEM' : 'base64 of the SPKI form';
}

function publicText(key: KeyObject): string {
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

function toBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? Buffer.from(text, 'utf8') : text;
}
