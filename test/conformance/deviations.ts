/** Why a case of the specification's table has no test that passes as written. */
export interface Deviation {
  /**
   * `differs`: we do otherwise on purpose (a test may hold what we do instead). `notApplicable`: there is nothing here that it
   * could be about. `notYet`: its part is not built; a test for it makes the entry void.
   */
  readonly kind: 'differs' | 'notApplicable' | 'notYet';
  readonly reason: string;
}

const differs = (reason: string): Deviation => ({ kind: 'differs', reason });
const notApplicable = (reason: string): Deviation => ({ kind: 'notApplicable', reason });

/** By case. Add to it when a case of yours cannot or should not pass as written. */
export const deviations: Readonly<Record<string, Deviation>> = {
  T006: differs(
    'Nobody can be blocked on one event loop: the list is held, the latest of each stream, and delivered as the target is connected (SA4).',
  ),
  T011: differs(
    'Nobody can be blocked on one event loop: lists are held until the last port is connected, and delivered then (RO2).',
  ),
  T020: differs(
    'A loader is always told which servable it loads; loading without being told does not compile, so it cannot fail at run time.',
  ),
  T052: differs(
    'Handles count per version (HD7): a request that is stuck on one model delays neither the availability nor the unload of another.',
  ),
  T057: differs(
    'There are no pools of threads to change: a limit is raised or lowered at once, no load under way is lost, nobody waits for it, and 0 counts as 1 (BM8).',
  ),
  T058: notApplicable(
    'Model files are read by runner processes, which end with their servable; there is no cache of a file-system client to flush.',
  ),
  T087: differs(
    'A failed load on demand is tried again by the first request after a cool-down (CM6); TensorFlow Serving answers INTERNAL for ever.',
  ),
  T147: differs(
    'A model without versions is added and shown as such, and its first version is loaded when it comes; nothing refuses to start because one folder is empty.',
  ),
  T149: differs(
    'What is wrong with one base path is that model’s problem; the other models are looked at and emitted as always.',
  ),
  T161: differs(
    'Times are settings of a person: they can be changed while the source runs and hold from the next look on; nothing is refused (FS4).',
  ),
  T162: notApplicable('There is no interval of zero: a version that is added later is always seen.'),
  T165: differs(
    'A file that no platform can load is shown, and why, but not aspired: loading it could only fail. To a source that takes anything for a model it is one, as written (FS5).',
  ),
  T168: differs(
    'A reload waits for what it adds and names what did not become available, as written. The engine itself starts at once and reports per model: one that fails neither delays the others nor ends the process.',
  ),
  T178: differs(
    'There is no prefix for all paths beside the configuration: its root folder stands in front of relative base paths, absolute ones are kept. The adapter that prefixes paths is a part for source chains (T008).',
  ),
  T180: differs(
    'A label may name a version that is not available yet, without a flag: it is pending, and applies in the step in which its version becomes available. A request that names it before is NOT_FOUND.',
  ),
  T181: differs(
    'Moving a label to a version that is not available is allowed, without a flag, and harms nobody: the label points where it did until the new version answers.',
  ),
  T182: notApplicable(
    'There is no switch that forbids labels (in TensorFlow Serving it exists in the API only): they are part of every model.',
  ),
  T191: differs(
    '`GET /v1/models` lists the models with their versions, labels and states, which TensorFlow Serving cannot do and answers 400 for.',
  ),
  T231: notApplicable(
    'The retrier belongs to the streaming scheduler, which has no queue. Here batches queue, and a full queue is for the caller to know.',
  ),
  T232: notApplicable(
    'A native run blocks its runner, so a version has one batch under way, and the next one grows meanwhile: what the streaming scheduler is for.',
  ),
};
