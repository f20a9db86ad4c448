import { AppError } from '../../app/base/errors';
import type { ExportFormat, JobView, ResultRow } from '../../app/contract/job-calls';
import type { Picture } from '../../app/contract/pictures';
import type { Client } from '../client/client';
import type { Translator } from '../messages/translator';
import type { CompareStore } from './compare';
import type { JobsStore } from './jobs';
import type { ModelsStore } from './models';
import type { PlaygroundStore } from './playground';
import type { Router } from './router';
import type { Toasts } from './toasts';

/** What people do to jobs from anywhere on the page. Nothing here throws: failures become messages. */
export interface JobActions {
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  cancel(id: string): Promise<void>;
  /** Does what is left of a failed or stopped job. */
  retry(id: string): Promise<void>;
  /** The same again, as a new job that is then in sight. */
  runAgain(id: string): Promise<void>;
  remove(id: string): Promise<void>;
  setPriority(id: string, priority: number): Promise<void>;
  /** Lets the person choose a file and writes the results to it. */
  export(job: Pick<JobView, 'id'>, format: ExportFormat): Promise<void>;
  /** The same of a batch over tensors, in the form it was asked for. */
  exportPredictions(id: string): Promise<void>;
  showInput(id: string): Promise<void>;
  /** Shows one picture of a batch in Compare, or in Playground when only one version was asked. */
  openPicture(
    job: JobView,
    row: Pick<ResultRow, 'item' | 'name'>,
    versions: readonly number[],
  ): Promise<void>;
}

export interface JobActionsParts {
  readonly client: Client;
  readonly router: Router;
  readonly toasts: Toasts;
  readonly jobs: JobsStore;
  readonly models: ModelsStore;
  readonly compare: CompareStore;
  readonly playground: PlaygroundStore;
  readonly t: Translator['t'];
}

/** As many versions as Compare shows beside each other. */
const mostCompared = 4;

export function createJobActions(parts: JobActionsParts): JobActions {
  const { client, router, toasts, jobs, models, compare, playground, t } = parts;
  /** Pictures that were opened before, by job and place: opening one again must not list it twice. */
  const opened = new Map<string, Picture>();
  const attempt = (action: () => Promise<void>): Promise<void> => action().catch(toasts.fail);

  async function pictureOf(id: string, item: number): Promise<Picture | null> {
    const key = `${id} ${item}`;
    const known = opened.get(key);
    if (known) return known;
    const { pictures, refused } = await client.call('jobs.openPicture', { id, item });
    const [picture] = pictures;
    if (picture) opened.set(key, picture);
    else if (refused[0]) toasts.fail(AppError.fromWire(refused[0].error));
    return picture ?? null;
  }

  /** Null when the person cancelled. */
  const sayWritten = (id: string, written: { readonly name: string } | null): void => {
    if (written === null) return;
    toasts.say(t('jobs.exported', { name: written.name }), {
      label: t('jobs.showExport'),
      run: () => void attempt(() => client.call('jobs.showExport', { id })),
    });
  };

  return {
    pause: (id) => attempt(() => client.call('jobs.pause', { id })),
    resume: (id) => attempt(() => client.call('jobs.resume', { id })),
    cancel: (id) => attempt(() => client.call('jobs.cancel', { id })),
    retry: (id) => attempt(async () => jobs.take(await client.call('jobs.retry', { id }))),
    runAgain: (id) =>
      attempt(async () => {
        const job = await client.call('jobs.runAgain', { id });
        jobs.take(job);
        router.navigate({ area: 'jobs', job: job.id, tab: null });
      }),
    remove: (id) => attempt(() => client.call('jobs.remove', { id })),
    setPriority: (id, priority) => attempt(() => client.call('jobs.setPriority', { id, priority })),
    export: ({ id }, format) =>
      attempt(async () => sayWritten(id, await client.call('jobs.export', { id, format }))),
    exportPredictions: (id) =>
      attempt(async () => sayWritten(id, await client.call('jobs.exportPredictions', { id }))),
    showInput: (id) => attempt(() => client.call('jobs.showInput', { id })),
    openPicture: ({ id, model }, { item }, versions) =>
      attempt(async () => {
        const picture = await pictureOf(id, item);
        const [version] = versions;
        if (picture === null || model === null || version === undefined) return;
        if (versions.length > 1) {
          compare.addPictures([picture]);
          compare.selectPicture(picture.id);
          const shown = versions.slice(0, mostCompared).map((each) => ({ model, version: each }));
          router.navigate({ area: 'compare', versions: shown });
          return;
        }
        const states = models.store.getState().byName.get(model)?.versions ?? [];
        const isReady = states.some((each) => each.version === version && each.lifecycle === 'available');
        if (isReady) playground.run({ model, version }, [picture]);
        else playground.hold([picture]);
        router.navigate({ area: 'playground', model, version });
      }),
  };
}
