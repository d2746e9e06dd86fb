// What has been started, to be ended in the opposite order: each step once, each within a bound, one that fails never
// keeps the others from ending.
import { within } from '../wait.ts';

type Step = { readonly name: string; readonly end: () => Promise<unknown>; readonly withinMs: number };

export class Undo {
  readonly #steps: Step[] = [];
  #running: Promise<readonly string[]> | undefined;

  /** Later added, earlier ended. What is added while all is ending is ended at once. */
  add(name: string, end: () => Promise<unknown>, withinMs = 15_000): void {
    this.#steps.push({ name, end, withinMs });
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Ends everything, once; answers in words what could not be ended. */
  run(): Promise<readonly string[]> {
    this.#running ??= this.#endAll();
    return this.#running;
  }

  async #endAll(): Promise<readonly string[]> {
    const failed: string[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { name, end, withinMs } = step;
      try {
        const ended = await within(
          end().then(() => true),
          withinMs,
        );
        if (ended !== true) failed.push(`${name}: still ending after ${withinMs / 1000} s`);
      } catch (error) {
        failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    return failed;
  }
}
