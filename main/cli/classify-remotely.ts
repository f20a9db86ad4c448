import pLimit from 'p-limit';
import { mediaTypeOf } from '../client/media-type';
import { SlipwayClient, type SlipwayClientOptions } from '../client/slipway-client';
import { readPicture } from '../runner/picture-file';
import type { Answer } from './classify-table';
import type { NamedVersion } from './named-version';
import { refusedByServer, remoteError } from './remote-error';

export interface RemoteClassification {
  readonly server: SlipwayClientOptions;
  readonly model: string;
  readonly images: readonly string[];
  /** Undefined for whichever is the newest there. */
  readonly versions: readonly (NamedVersion | undefined)[];
  readonly top: number;
  /** For the rules of a route. */
  readonly headers?: Readonly<Record<string, string>>;
}

const picturesAtOnce = 4;

/**
 * Asks a server what pictures show: for each picture an answer of each version, failures among them. A route is asked as it is, unless a
 * version is named: it chooses one for each picture.
 */
export function classifyRemotely(
  { server, model, images, versions, top, headers }: RemoteClassification,
  signal: AbortSignal,
): readonly Promise<readonly Answer[]>[] {
  const client = new SlipwayClient(server);
  const resolved = Promise.all(
    versions.map((version) => version ?? newestVersion(client, server.url, model, signal)),
  );
  const atOnce = pLimit(picturesAtOnce);
  const one = async (image: string, asked: NamedVersion | null): Promise<Answer> => {
    let about = { image, model, version: asked && 'version' in asked ? asked.version : null };
    try {
      const bytes = await readPicture(image);
      const options = { ...asked, top, type: mediaTypeOf(bytes), headers, signal };
      const answer = await client.classify(model, bytes, options);
      const [result] = answer.results;
      about = { image, model: answer.model, version: answer.version };
      if (!result || 'error' in result) throw refusedByServer(result?.error ?? 'no answer');
      return {
        ...about,
        ...(answer.routed ? { arm: answer.routed.arm, requestId: answer.routed.requestId } : {}),
        result: { ok: true, value: { classes: result.classes, timingsMs: result.timings_ms } },
      };
    } catch (thrown) {
      return { ...about, result: { ok: false, error: remoteError(thrown, server.url).toWire() } };
    }
  };
  return images.map((image) =>
    atOnce(async () => Promise.all((await resolved).map((version) => one(image, version)))),
  );
}

/** Null for a route, which chooses by itself. */
async function newestVersion(
  client: SlipwayClient,
  url: string,
  model: string,
  signal: AbortSignal,
): Promise<NamedVersion | null> {
  try {
    if (await client.isRoute(model, signal)) return null;
    const states = await client.status(model, { signal });
    const available = states.find(({ state }) => state === 'AVAILABLE');
    if (!available) throw refusedByServer(`No version of ${model} is available`);
    return { version: Number(available.version) };
  } catch (thrown) {
    throw remoteError(thrown, url);
  }
}
