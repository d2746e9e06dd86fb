// What the record is made with: the hash, the engine's key, the controller's name.
import type { ChainKit } from '@petrov/core/audit';
import { createVerifier, sha256Hex, type Signer } from '@petrov/runtime/signing';

export type AuditKit = ChainKit & {
  /** Ed25519 over the text by the engine's key, base64. */
  readonly sign: (text: string) => string;
  /** Base64 of its SPKI form. */
  readonly publicKey: string;
};

export function createAuditKit(origin: string, signer: Signer): AuditKit {
  const verifier = createVerifier(signer.publicKey);
  return {
    origin,
    hash: sha256Hex,
    sign: (text) => signer.sign(text),
    verify: (text, signature) => verifier.verify(text, signature),
    publicKey: signer.publicKey,
  };
}
