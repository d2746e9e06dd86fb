// What the rig and the drills throw: each says what failed, where to look, and what to do.
export class DrillError extends Error {
  override readonly name = 'DrillError';
  readonly code: string;
  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
