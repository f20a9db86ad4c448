import { emptyRunnerBytes } from '../platform';

/** Weights are held once in the file's form and once as onnxruntime packs them for its kernels. */
const perFileByte = 2;
/** What lies between the layers while a picture goes through: small models have it too, and it does not grow with the largest. */
const perSmallFileByte = 8;
const mostBetweenLayers = 25_000_000;

/**
 * Resident bytes that a version whose files have `fileBytes` is expected to take while it answers. Calibrated by measuring; the table and
 * the error stand in docs/decisions/0006-memory-forecast.md.
 */
export const forecastBytes = (fileBytes: number): number =>
  Math.ceil(
    emptyRunnerBytes + perFileByte * fileBytes + Math.min(mostBetweenLayers, perSmallFileByte * fileBytes),
  );
