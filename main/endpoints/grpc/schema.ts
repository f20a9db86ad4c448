import protobuf from 'protobufjs';
import health from './health.proto?raw';
import openInference from './open_inference.proto?raw';
import reflection from './reflection.proto?raw';
import tensorflow from './tensorflow.proto?raw';
import tensorflowError from './tensorflow_error.proto?raw';
import tensorflowServing from './tensorflow_serving.proto?raw';

/** Our `.proto` files by the name under which they import each other, imported ones first. */
export const protoFiles: readonly { readonly name: string; readonly text: string }[] = [
  { name: 'tensorflow_error.proto', text: tensorflowError },
  { name: 'tensorflow.proto', text: tensorflow },
  { name: 'tensorflow_serving.proto', text: tensorflowServing },
  { name: 'open_inference.proto', text: openInference },
  { name: 'health.proto', text: health },
  { name: 'reflection.proto', text: reflection },
  // the older name of the same, which clients look up as well
  { name: 'reflection_v1alpha.proto', text: reflection.replace('.reflection.v1;', '.reflection.v1alpha;') },
];

let root: protobuf.Root | null = null;

/** Every message and service that is spoken here, parsed at first use. */
export function schema(): protobuf.Root {
  if (root) return root;
  const parsed = new protobuf.Root();
  for (const name of ['google/protobuf/any.proto', 'google/protobuf/wrappers.proto'])
    parsed.addJSON(protobuf.common.get(name)?.nested ?? {});
  for (const { name, text } of protoFiles) {
    parsed.filename = name;
    protobuf.parse(text, parsed, { keepCase: true });
  }
  parsed.resolveAll();
  root = parsed;
  return parsed;
}
