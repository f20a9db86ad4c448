/** What to do with jobs when the app is asked to go. */
export type CloseAnswer = 'background' | 'stop' | 'cancel';

export interface CloseGuardOptions {
  /** Jobs that run or wait for their turn. */
  readonly jobsUnderWay: () => number;
  readonly ask: (jobs: number) => Promise<CloseAnswer>;
  readonly hide: () => void;
  readonly quit: () => void;
}

/** Keeps the app from going while jobs run, until the person has said what to do with them. */
export class CloseGuard {
  readonly #options: CloseGuardOptions;
  #isAsking = false;
  #isDecided = false;
  #isInBackground = false;

  constructor(options: CloseGuardOptions) {
    this.#options = options;
  }

  /** May the window close, or the app end, right now? If not, the person is asked, once at a time. */
  mayClose(): boolean {
    const jobs = this.#options.jobsUnderWay();
    if (this.#isDecided || jobs === 0) return true;
    if (!this.#isAsking) void this.#ask(jobs);
    return false;
  }

  /** Nobody is there to be asked: the system ends, or the process was told to. */
  letGo(): void {
    this.#isDecided = true;
  }

  /** The window is shown again: the app no longer ends with its last job. */
  noteShown(): void {
    this.#isInBackground = false;
  }

  /** To be called when a job has changed. */
  noteJobs(): void {
    if (!this.#isInBackground || this.#options.jobsUnderWay() > 0) return;
    this.#isInBackground = false;
    this.#options.quit();
  }

  async #ask(jobs: number): Promise<void> {
    this.#isAsking = true;
    const answer = await this.#options.ask(jobs);
    this.#isAsking = false;
    if (answer === 'background') {
      this.#isInBackground = true;
      this.#options.hide();
      this.noteJobs(); // they may have ended while the question stood
    } else if (answer === 'stop') {
      this.#isDecided = true;
      this.#options.quit();
    }
  }
}
