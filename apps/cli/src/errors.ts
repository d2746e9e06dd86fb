// How a command fails: a sentence for a person, and the exit code that scripts read.
export class CliError extends Error {
  readonly exitCode: 1 | 2;
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

/** Bad usage or input: nothing was tried. */
export function badInput(message: string): CliError {
  return new CliError(message, 2);
}
