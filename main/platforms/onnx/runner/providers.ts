import type { InferenceNote, TensorInfo } from '../../../../app/contract/inference';
import type { ExecutionProvider, ProviderReport } from '../../../../app/contract/running';
import type { Tensor } from '../../../runner/tensor';
import { madeInputs } from '../../../runner/warm-up/made-inputs';
import { note } from './note';
import { partsOf } from './provider-profile';
import { fromHalf } from './tensor-types';

type Tensors = Readonly<Record<string, Tensor>>;

/** A session as far as a trial needs it. */
export interface TriedSession {
  readonly inputs: readonly TensorInfo[];
  run(feeds: Tensors, outputs: readonly string[]): Promise<Tensors>;
  /** Ends what `open` began with `isProfiled`: the profile as the runtime wrote it. */
  takeProfile(): Promise<string>;
  close(): Promise<void>;
}

/** The runtime with one model. */
export interface ProviderRuntime<S extends TriedSession> {
  /** What its build has, by its own list. */
  readonly listed: readonly string[];
  /** Opens the model, what `provider` cannot run being left to cpu. Throws what the runtime throws. */
  readonly open: (provider: ExecutionProvider, isProfiled: boolean) => Promise<S>;
  /** What the runtime threw in words without paths. */
  readonly explain: (thrown: unknown) => string;
}

export interface OpenedOn<S> {
  readonly session: S;
  readonly report: ProviderReport;
  readonly warnings: readonly InferenceNote[];
}

/** As a share of the largest number that cpu gives: half precision and other orders of additions stay below it. */
export const agreementTolerance = 0.01;

/**
 * Opens a model on the provider that was asked for. One that is not cpu is tried: it runs a made-up input beside cpu, and the report says
 * which operators ran where and how far the answers were apart. One that is not there, cannot open the model or cannot run it is replaced
 * by cpu, with a warning that says so; one whose answers differ stays, with a warning. Throws what `open` throws for cpu.
 */
export async function openOn<S extends TriedSession>(
  asked: ExecutionProvider,
  runtime: ProviderRuntime<S>,
): Promise<OpenedOn<S>> {
  const { listed, open, explain } = runtime;
  const onCpu = async (warnings: readonly InferenceNote[]): Promise<OpenedOn<S>> => ({
    session: await open('cpu', false),
    report: { asked, used: 'cpu', listed: [...listed], parts: [], agreement: null },
    warnings,
  });
  if (asked === 'cpu') return onCpu([]);
  if (!listed.includes(asked))
    return onCpu([note('certain', 'warnProviderNotListed', { asked, listed: listed.join(', ') })]);
  let session: S | undefined;
  try {
    session = await open(asked, true);
    const trial = await tryOut(session, runtime);
    const { agreement } = trial;
    const warnings =
      agreement && !agreement.agrees
        ? [
            note('certain', 'warnProviderDisagrees', {
              asked,
              difference: percent(agreement.difference),
              tolerance: percent(agreement.tolerance),
            }),
          ]
        : [];
    return { session, report: { asked, used: asked, listed: [...listed], ...trial }, warnings };
  } catch (thrown) {
    await session?.close();
    return onCpu([note('certain', 'warnProviderFailed', { asked, detail: explain(thrown) })]);
  }
}

async function tryOut<S extends TriedSession>(
  session: S,
  { open }: ProviderRuntime<S>,
): Promise<Pick<ProviderReport, 'parts' | 'agreement'>> {
  const feeds = variedInputs(session.inputs);
  if (!feeds) {
    await session.takeProfile();
    return { parts: [], agreement: null };
  }
  const own = await session.run(feeds, []);
  const parts = partsOf(await session.takeProfile());
  const reference = await open('cpu', false);
  try {
    const difference = differenceOf(own, await reference.run(feeds, []));
    return {
      parts,
      agreement: { difference, tolerance: agreementTolerance, agrees: difference <= agreementTolerance },
    };
  } finally {
    await reference.close();
  }
}

/** Fractions from 0 to 1 where any go, zeros where a number may be a place in something: with zeros alone much of a graph agrees by itself. */
function variedInputs(inputs: readonly TensorInfo[]): Tensors | undefined {
  const made = madeInputs(inputs);
  for (const { data } of Object.values(made ?? {}))
    if (data instanceof Float32Array || data instanceof Float64Array)
      for (let at = 0; at < data.length; at++) data[at] = ((at * 7_919) % 1_000) / 1_000;
  return made;
}

/**
 * The largest difference between two answers, each output measured by its own largest number. Of what is no number any difference counts
 * as 1, as does another shape.
 */
function differenceOf(own: Tensors, reference: Tensors): number {
  let largest = 0;
  for (const [name, expected] of Object.entries(reference)) {
    const actual = own[name];
    if (!actual || actual.shape.join() !== expected.shape.join()) return 1;
    const from = numbersOf(expected);
    const to = numbersOf(actual);
    let scale = 0;
    let difference = 0;
    for (const [at, value] of from.entries()) {
      if (Object.is(value, to[at])) continue;
      const gap = typeof value === 'number' ? Math.abs(value - Number(to[at])) : Number.NaN;
      if (!Number.isFinite(gap)) return 1;
      difference = Math.max(difference, gap);
    }
    for (const value of from) if (typeof value === 'number') scale = Math.max(scale, Math.abs(value));
    if (difference > 0) largest = Math.max(largest, scale > 0 ? difference / scale : 1);
  }
  return largest;
}

function numbersOf({ dtype, data }: Tensor): readonly (number | string)[] {
  return Array.from(data as Iterable<number | bigint | string>, (value) => {
    if (typeof value === 'string') return value;
    return dtype === 'float16' ? fromHalf(Number(value)) : Number(value);
  });
}

const percent = (share: number): string => `${(share * 100).toPrecision(2)} %`;
