import { constants } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import { systemClock } from '../../../app/base/clock';
import { AppError, type ErrorCode } from '../../../app/base/errors';
import type { Preprocessing } from '../../../app/contract/inference';
import { decodePicture, makePicture } from '../decode';
import { readPicture } from '../picture-file';
import { setProcessPriority } from '../process-priority';
import type { BatchAnswer, BatchVersionInput, ClassifyFilesInput, ModelPlatform } from '../protocol';
import { RunQueue } from '../run-queue';
import type { CallContext, CreateRunnerModule, RunnerHost } from '../runner-module';
import type { TensorModel } from '../tensors/answer-block';
import { tensorWork } from '../tensors/tensor-methods';
import { Gate } from './gate';
import { unpackUpload } from './unpack-upload';

const { PRIORITY_BELOW_NORMAL, PRIORITY_LOW } = constants.priority;

/** Decodes under way: one for each thread of sharp's pool, and two that are there when one of them ends. */
const decodesAtOnce = 6;
/** Pictures between decoding and answer take at most so much memory, and are at most so many. */
const mostPixelBytes = 16 * 1024 * 1024;
const mostPictures = 64;

/** A version that is asked about pictures, about tensors, or both. */
interface OpenVersion extends TensorModel {
  readonly preprocessing: Preprocessing | null;
}

/**
 * Works through pictures in a process of its own: several versions side by side, so that each picture is read and decoded once, and
 * the answers are those that the versions give when they serve, for the same code gives them. `moduleOf` loads a platform's code.
 */
export const batchRunner =
  (moduleOf: (platform: ModelPlatform) => Promise<CreateRunnerModule>): CreateRunnerModule =>
  ({ meter }) => {
    const gate = new Gate(systemClock);
    const host: RunnerHost = { queue: new RunQueue(() => gate.pass()), meter };
    const decoding = pLimit(decodesAtOnce);
    let opened: readonly OpenVersion[] = [];
    let open = pLimit(mostPictures);
    const tensors = tensorWork(() => opened);

    async function load(input: BatchVersionInput, context: CallContext): Promise<OpenVersion> {
      const create = await moduleOf(input.platform);
      const module = create(host);
      await module.load?.(input.load, context);
      const description = await module.describe?.(null, context);
      if (!description) throw new AppError('SERVABLE_WRONG_TYPE');
      return { version: input.version, module, description, preprocessing: description.preprocessing };
    }

    return {
      openBatch: async ({ isBackground, versions }, context) => {
        if (isBackground) setProcessPriority(PRIORITY_BELOW_NORMAL); // not lower: on a busy machine the load would never end
        const loaded: OpenVersion[] = [];
        for (const version of versions) loaded.push(await load(version, context));
        opened = loaded;
        open = pLimit(picturesAtOnce(loaded));
        if (isBackground) setProcessPriority(PRIORITY_LOW);
        return {
          ...meter.read(),
          versions: loaded.map(({ version, preprocessing }) => ({ version, preprocessing })),
        };
      },

      classifyFiles: async (request, context) => {
        const asked = request.versions.map((version) => {
          const found = opened.find((it) => it.version === version);
          if (!found) throw new AppError('FAILED_PRECONDITION', {}, { detail: `${version} is not open` });
          return found;
        });
        return Promise.all(
          request.paths.map((path) =>
            open(async () => {
              await gate.pass();
              return classifyFile(path, { asked, request, context, decoding, gate });
            }),
          ),
        );
      },

      ...tensors.methods,

      unpackUpload: async (input) => ({ pictures: await unpackUpload(input) }),

      makePicture: async ({ width, height }) => ({ bytes: await makePicture(width, height) }),

      hold: async ({ isHeld }) => {
        gate.isHeld = isHeld;
        return null;
      },

      unload: async () => {
        await tensors.close();
        return meter.read();
      },
    };
  };

interface Asking {
  readonly asked: readonly OpenVersion[];
  readonly request: ClassifyFilesInput;
  readonly context: CallContext;
  readonly decoding: LimitFunction;
  readonly gate: Gate;
}

async function classifyFile(path: string, asking: Asking): Promise<readonly BatchAnswer[]> {
  const { asked, request, context, decoding, gate } = asking;
  let picture: Uint8Array;
  try {
    picture = await readPicture(path);
  } catch (thrown) {
    const { code, message } = AppError.from(thrown);
    return asked.map(({ version }) => failure(version, code, message));
  }
  const decoded = new Map<string, Promise<Uint8Array>>();
  const decodedAs = (preprocessing: Preprocessing): Promise<Uint8Array> => {
    const { width, height, resize } = preprocessing;
    const key = JSON.stringify([width, height, resize]);
    const known = decoded.get(key);
    if (known) return known;
    const fresh = decoding(async () => {
      await gate.pass();
      return (await decodePicture(picture, preprocessing)).rgb;
    });
    decoded.set(key, fresh);
    return fresh;
  };
  return Promise.all(
    asked.map(async ({ version, module, preprocessing }): Promise<BatchAnswer> => {
      try {
        if (!module.classifyPixels || !preprocessing) throw new AppError('MODEL_NOT_A_CLASSIFIER');
        const rgb = await decodedAs(preprocessing);
        const { classes } = await module.classifyPixels({ rgb, top: request.top }, context);
        return {
          version,
          classes: classes.map(({ index, label, probability }) => ({ index, label, probability })),
          error: null,
        };
      } catch (thrown) {
        const { code, message } = AppError.from(thrown);
        if (context.signal.aborted) throw thrown;
        return failure(version, code, message);
      }
    }),
  );
}

const failure = (version: number, code: ErrorCode, detail: string): BatchAnswer => ({
  version,
  classes: [],
  error: { code, detail },
});

function picturesAtOnce(versions: readonly OpenVersion[]): number {
  const bytes = versions.reduce(
    (sum, { preprocessing }) => sum + (preprocessing ? preprocessing.width * preprocessing.height * 3 : 0),
    0,
  );
  return Math.max(decodesAtOnce, Math.min(mostPictures, Math.floor(mostPixelBytes / Math.max(1, bytes))));
}
