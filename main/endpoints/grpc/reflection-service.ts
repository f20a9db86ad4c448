import { z } from 'zod';
import { codeOf } from '../statuses';
import { type DescribedFile, describeFiles } from './descriptors';
import type { GrpcMethod } from './grpc-call';
import { decodeMessage, encodeMessage } from './messages';

/** The same messages under both names: older clients know only the second. */
const services = ['grpc.reflection.v1.ServerReflection', 'grpc.reflection.v1alpha.ServerReflection'];

const requestSchema = z.looseObject({
  message_request: z.string().optional(),
  file_by_filename: z.string().nullish(),
  file_containing_symbol: z.string().nullish(),
  all_extension_numbers_of_type: z.string().nullish(),
  list_services: z.string().nullish(),
});
type Request = z.infer<typeof requestSchema>;

/** Lets clients find out what can be called. Source: grpc/reflection/v1/reflection.proto. */
export function reflectionService(served: readonly string[]): readonly GrpcMethod[] {
  let described: readonly DescribedFile[] | null = null;
  const files = (): readonly DescribedFile[] => {
    described ??= describeFiles();
    return described;
  };
  return services.map((service) => ({
    kind: 'stream',
    path: `/${service}/ServerReflectionInfo`,
    scope: null,
    handle: async (body, _call, send) => {
      const request = decodeMessage('grpc.reflection.v1.ServerReflectionRequest', body, requestSchema);
      const answer = answerTo(request, files(), served);
      send(
        encodeMessage('grpc.reflection.v1.ServerReflectionResponse', {
          original_request: request,
          ...answer,
        }),
      );
      return undefined;
    },
  }));
}

function answerTo(
  request: Request,
  files: readonly DescribedFile[],
  served: readonly string[],
): Record<string, unknown> {
  switch (request.message_request) {
    case 'list_services':
      return { list_services_response: { service: [...served, ...services].map((name) => ({ name })) } };
    case 'file_by_filename':
      return fileAnswer(
        files.find(({ name }) => name === request.file_by_filename),
        files,
      );
    case 'file_containing_symbol':
      return fileAnswer(
        files.find(({ symbols }) => symbols.includes(request.file_containing_symbol ?? '')),
        files,
      );
    case 'all_extension_numbers_of_type':
      return { all_extension_numbers_response: { base_type_name: request.all_extension_numbers_of_type } };
    default:
      return { error_response: { error_code: codeOf('UNIMPLEMENTED'), error_message: 'not supported' } };
  }
}

/** The file, with all that it needs. */
function fileAnswer(
  file: DescribedFile | undefined,
  files: readonly DescribedFile[],
): Record<string, unknown> {
  if (!file) return { error_response: { error_code: codeOf('NOT_FOUND'), error_message: 'not found' } };
  const wanted = new Set([file.name]);
  // A set visits what is added to it meanwhile.
  for (const name of wanted)
    for (const needed of files.find((it) => it.name === name)?.dependencies ?? []) wanted.add(needed);
  const bytes = [...wanted].map((name) => files.find((it) => it.name === name)?.bytes);
  return { file_descriptor_response: { file_descriptor_proto: bytes } };
}
