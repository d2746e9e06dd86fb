// What the sandbox throws: each says what failed, where to look, and what to do.
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
