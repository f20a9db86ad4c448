import protobuf from 'protobufjs';
import descriptor from 'protobufjs/ext/descriptor';
import { protoFiles, schema } from './schema';

/** Source: google/protobuf/descriptor.proto, `FieldDescriptorProto.Type`. */
const scalarTypes: Readonly<Record<string, number>> = {
  double: 1,
  float: 2,
  int64: 3,
  uint64: 4,
  int32: 5,
  bool: 8,
  string: 9,
  bytes: 12,
  uint32: 13,
};
const messageType = 11;
const enumType = 14;
const optional = 1;
const repeated = 3;
const commonFile = 'google_protobuf.proto';
const commonPackage = 'google.protobuf';

/** A file of the server's interface, as reflection hands it out. */
export interface DescribedFile {
  readonly name: string;
  /** Names of the files that it needs. */
  readonly dependencies: readonly string[];
  /** A serialised `google.protobuf.FileDescriptorProto`. */
  readonly bytes: Uint8Array;
  /** Full names of everything it defines. */
  readonly symbols: readonly string[];
}

/** Every file that is spoken here. protobufjs's own export leaves out imports and packages, which clients need. */
export function describeFiles(): readonly DescribedFile[] {
  const ours = protoFiles.map(({ name, text }) => ({
    name,
    packageName: /^package ([\w.]+);/m.exec(text)?.[1] ?? '',
    dependencies: [
      ...new Set(
        [...text.matchAll(/^import "([^"]+)";/gm)].map(([, file = '']) =>
          file.startsWith('google/') ? commonFile : file,
        ),
      ),
    ],
  }));
  return [{ name: commonFile, packageName: commonPackage, dependencies: [] }, ...ours].map(describeFile);
}

function describeFile(file: {
  readonly name: string;
  readonly packageName: string;
  readonly dependencies: readonly string[];
}): DescribedFile {
  const { name, packageName, dependencies } = file;
  const namespace = schema().lookup(packageName);
  if (!(namespace instanceof protobuf.Namespace))
    throw new Error(`${name} defines no package ${packageName}`);
  const parts = namespace.nestedArray;
  const bytes = descriptor.FileDescriptorProto.encode(
    descriptor.FileDescriptorProto.fromObject({
      name,
      package: packageName,
      syntax: 'proto3',
      dependency: dependencies,
      messageType: parts.filter(isType).map(describeType),
      enumType: parts.filter(isEnum).map(describeEnum),
      service: parts.filter(isService).map(describeService),
    }),
  ).finish();
  return { name, dependencies, bytes, symbols: parts.flatMap(symbolsOf) };
}

const isType = (part: protobuf.ReflectionObject): part is protobuf.Type => part instanceof protobuf.Type;
const isEnum = (part: protobuf.ReflectionObject): part is protobuf.Enum => part instanceof protobuf.Enum;
const isService = (part: protobuf.ReflectionObject): part is protobuf.Service =>
  part instanceof protobuf.Service;
const nameOf = (part: protobuf.ReflectionObject): string => part.fullName.replace(/^\./, '');

function symbolsOf(part: protobuf.ReflectionObject): readonly string[] {
  if (isType(part)) return [nameOf(part), ...part.nestedArray.flatMap(symbolsOf)];
  if (isService(part))
    return [nameOf(part), ...part.methodsArray.map((method) => `${nameOf(part)}.${method.name}`)];
  return isEnum(part) ? [nameOf(part)] : [];
}

const describeEnum = ({ name, values }: protobuf.Enum) => ({
  name,
  value: Object.entries(values).map(([key, number]) => ({ name: key, number })),
});

const describeService = (service: protobuf.Service) => ({
  name: service.name,
  method: service.methodsArray.map((method) => ({
    name: method.name,
    inputType: `.${nameOf(method.resolvedRequestType ?? service)}`,
    outputType: `.${nameOf(method.resolvedResponseType ?? service)}`,
    clientStreaming: method.requestStream ?? false,
    serverStreaming: method.responseStream ?? false,
  })),
});

function describeType(type: protobuf.Type): Record<string, unknown> {
  const maps = type.fieldsArray.filter((field) => field instanceof protobuf.MapField);
  return {
    name: type.name,
    field: type.fieldsArray.map((field) => describeField(field, type)),
    nestedType: [...type.nestedArray.filter(isType).map(describeType), ...maps.map(describeMapEntry)],
    enumType: type.nestedArray.filter(isEnum).map(describeEnum),
    oneofDecl: type.oneofsArray.map(({ name }) => ({ name })),
  };
}

function describeField(field: protobuf.Field, type: protobuf.Type): Record<string, unknown> {
  const isMap = field instanceof protobuf.MapField;
  const oneofIndex = field.partOf ? type.oneofsArray.indexOf(field.partOf) : -1;
  return {
    name: field.name,
    number: field.id,
    label: field.repeated || isMap ? repeated : optional,
    ...(isMap ? { type: messageType, typeName: `.${nameOf(type)}.${entryName(field)}` } : typeOf(field)),
    ...(oneofIndex >= 0 ? { oneofIndex } : {}),
    ...(field.options?.['proto3_optional'] === true ? { proto3Optional: true } : {}),
    jsonName: protobuf.util.camelCase(field.name),
  };
}

function typeOf({ resolvedType, type }: protobuf.Field): Record<string, unknown> {
  if (resolvedType)
    return { type: isEnum(resolvedType) ? enumType : messageType, typeName: `.${nameOf(resolvedType)}` };
  return { type: scalarTypes[type] };
}

/** As protoc names it. */
const entryName = (field: protobuf.Field): string => {
  const camel = protobuf.util.camelCase(field.name);
  return `${camel.charAt(0).toUpperCase()}${camel.slice(1)}Entry`;
};

const describeMapEntry = (field: protobuf.Field): Record<string, unknown> => ({
  name: entryName(field),
  field: [
    { name: 'key', number: 1, label: optional, type: scalarTypes['string'], jsonName: 'key' },
    { name: 'value', number: 2, label: optional, ...typeOf(field), jsonName: 'value' },
  ],
  options: { mapEntry: true },
});
