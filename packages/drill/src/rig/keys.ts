// Keys and shared secrets of a rig, each a file that only its owner reads. The engine's key lasts as long as its record,
// which it signs; all others are made anew with each site.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSigner, generateKeyPair } from '@petrov/runtime/signing';

export type KeptKey = { readonly file: string; readonly publicKey: string };

/** The key in that file; made now if there is none. */
export async function keepKey(file: string): Promise<KeptKey> {
  const known = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (known !== undefined) return { file, publicKey: createSigner(known).publicKey };
  return await makeKey(file);
}

export async function makeKey(file: string): Promise<KeptKey> {
  const { privateKeyPem, publicKey } = generateKeyPair();
  await writeFile(file, privateKeyPem, { mode: 0o600 });
  return { file, publicKey };
}

export async function makeKeys(folder: string, names: readonly string[]): Promise<ReadonlyMap<string, KeptKey>> {
  const made = await Promise.all(
    names.map(async (name) => [name, await makeKey(join(folder, `${name.replaceAll(':', '-')}.pem`))] as const),
  );
  return new Map(made);
}

/** A bearer token; answers what both ends need of it. */
export async function makeToken(file: string): Promise<{ readonly file: string; readonly token: string }> {
  const token = randomBytes(32).toString('hex');
  await writeFile(file, token, { mode: 0o600 });
  return { file, token };
}

/** A Standard Webhooks secret; answers what both ends need of it. */
export async function makeWebhookSecret(file: string): Promise<{ readonly file: string; readonly secret: string }> {
  const secret = `whsec_${randomBytes(32).toString('base64')}`;
  await writeFile(file, secret, { mode: 0o600 });
  return { file, secret };
}
