import type { CodecName, OpenExchange } from './codec';
import { openImage } from './image';
import { openOipJson } from './oip-json';
import { openOipProto } from './oip-proto';
import { openTableJson } from './table-json';
import { openTfsJson } from './tfs-json';
import { openTfsProto } from './tfs-proto';

/** Every wire format that a runner reads. */
export const codecs: Readonly<Record<CodecName, OpenExchange>> = {
  'tfs-json': openTfsJson,
  'tfs-proto': openTfsProto,
  'oip-json': openOipJson,
  'oip-proto': openOipProto,
  image: openImage,
  'table-json': openTableJson,
};
