// Opaque secrets that a browser holds: 32 random bytes. Only their SHA-256 is stored; at that length a plain hash is enough.
import { createHash, randomBytes } from 'node:crypto';

export function newToken(): { readonly token: string; readonly hash: string } {
  const token = randomBytes(32).toString('base64url');
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
