// One probe of a kind outstanding: a poke while it runs is dropped, or, if it must begin after now, run right after.
export class Lane {
  readonly #run: () => Promise<void>;
  #running: Promise<void> | undefined;
  #isWantedAgain = false;
  #isEnded = false;

  constructor(run: () => Promise<void>) {
    this.#run = run;
  }

  poke(mustBeginAfterNow = false): void {
    if (this.#isEnded) return;
    if (this.#running) {
      this.#isWantedAgain ||= mustBeginAfterNow;
      return;
    }
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
      if (!this.#isWantedAgain) return;
      this.#isWantedAgain = false;
      this.poke();
    });
  }

  async end(): Promise<void> {
    this.#isEnded = true;
    await this.#running;
  }
}
