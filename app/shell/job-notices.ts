import type { Job } from '../contract/jobs';
import { messages } from './messages';

/** What a person is told who looks elsewhere. */
export interface Notice {
  readonly title: string;
  readonly body: string;
  /** The job to open when the notice is clicked; null for several. */
  readonly job: string | null;
}

export interface JobNoticesOptions {
  /** Has the window the person's attention? */
  readonly isInSight: () => boolean;
  readonly isWanted: () => boolean;
  /** Takes the place of the notice that is shown now, if any. */
  readonly show: (notice: Notice) => void;
}

/** What ends sooner needs no word. */
const longMs = 10_000;

/** Tells of long jobs that end while the window is out of sight. Several that end before one looks are one notice. */
export class JobNotices {
  readonly #options: JobNoticesOptions;
  readonly #underWay = new Set<string>();
  #unseen: string[] = [];

  constructor(options: JobNoticesOptions) {
    this.#options = options;
  }

  /** Hears of every change of a job. */
  note({ id, state, title, elapsedMs, progress }: Job): void {
    if (state === 'running' || state === 'cancelling') this.#underWay.add(id);
    if (state !== 'done' && state !== 'failed') return; // who cancelled it knows
    if (!this.#underWay.delete(id) || elapsedMs <= longMs) return;
    if (this.#options.isInSight() || !this.#options.isWanted()) return;
    this.#unseen = [...this.#unseen, title];
    const words = messages.jobs;
    this.#options.show(
      this.#unseen.length === 1
        ? {
            title: state === 'done' ? words.done(title) : words.failed(title),
            body: words.figures(progress.done, progress.failed),
            job: id,
          }
        : { title: words.several(this.#unseen.length), body: this.#unseen.join('\n'), job: null },
    );
  }

  /** The person looks at the window: what ended so far is no news any more. */
  seen(): void {
    this.#unseen = [];
  }
}
