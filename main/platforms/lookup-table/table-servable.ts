import type { InferenceServable } from '../inference-servable';
import { RunnerServable } from '../runner-servable';

/** A table also answers by key. */
export class TableServable extends RunnerServable {
  readonly lookup: NonNullable<InferenceServable['lookup']> = (keys, options) =>
    this.ask('lookup', { keys }, [keys], options);

  readonly nearest: NonNullable<InferenceServable['nearest']> = (request, options) => {
    const { to } = request;
    return this.ask('nearest', request, [typeof to === 'string' ? [to] : Float64Array.from(to)], options);
  };
}
