import { createFileRegistry, type DescMessage, fromJson, type JsonObject } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';

type Field = readonly [name: string, type: string];

const scalars: Readonly<Record<string, string>> = {
  string: 'TYPE_STRING',
  int64: 'TYPE_INT64',
  uint32: 'TYPE_UINT32',
  double: 'TYPE_DOUBLE',
  bytes: 'TYPE_BYTES',
};
const packageName = 'tensorflow.serving';

/** `repeated X`, `X` and names of messages; numbers do not matter, since only text is read. */
function fieldOf([name, type]: Field, index: number, choice: boolean): JsonObject {
  const isRepeated = type.startsWith('repeated ');
  const plain = type.replace('repeated ', '');
  const scalar = scalars[plain];
  const isEnum = plain === 'ModelType';
  return {
    name,
    number: index + 1,
    jsonName: name,
    label: isRepeated ? 'LABEL_REPEATED' : 'LABEL_OPTIONAL',
    type: scalar ?? (isEnum ? 'TYPE_ENUM' : 'TYPE_MESSAGE'),
    ...(scalar ? {} : { typeName: `.${packageName}.${plain}` }),
    ...(choice ? { oneofIndex: 0 } : {}),
  };
}

const message = (name: string, fields: readonly Field[], more: JsonObject = {}): JsonObject => ({
  name,
  field: fields.map((field, index) => fieldOf(field, index, false)),
  ...more,
});

/** A message whose fields exclude each other. */
const choice = (name: string, fields: readonly Field[], oneof: string): JsonObject => ({
  name,
  field: fields.map((field, index) => fieldOf(field, index, true)),
  oneofDecl: [{ name: oneof }],
});

/** A map field is a repeated message of key and value. */
const mapEntry = (name: string, value: string): JsonObject =>
  message(
    name,
    [
      ['key', 'string'],
      ['value', value],
    ],
    { options: { mapEntry: true } },
  );

const file: JsonObject = {
  name: 'model_server_config.proto',
  package: packageName,
  syntax: 'proto3',
  enumType: [
    {
      name: 'ModelType',
      value: [
        { name: 'MODEL_TYPE_UNSPECIFIED', number: 0 },
        { name: 'TENSORFLOW', number: 1 },
        { name: 'OTHER', number: 2 },
      ],
    },
  ],
  messageType: [
    message('Latest', [['num_versions', 'uint32']]),
    message('All', []),
    message('Specific', [['versions', 'repeated int64']]),
    choice(
      'VersionPolicy',
      [
        ['latest', 'Latest'],
        ['all', 'All'],
        ['specific', 'Specific'],
      ],
      'policy_choice',
    ),
    message('LogCollectorConfig', [
      ['type', 'string'],
      ['filename_prefix', 'string'],
    ]),
    message('SamplingConfig', [['sampling_rate', 'double']]),
    message('LoggingConfig', [
      ['log_collector_config', 'LogCollectorConfig'],
      ['sampling_config', 'SamplingConfig'],
    ]),
    message(
      'ModelConfig',
      [
        ['name', 'string'],
        ['base_path', 'string'],
        ['model_type', 'ModelType'],
        ['model_platform', 'string'],
        ['model_version_policy', 'VersionPolicy'],
        ['version_labels', 'repeated ModelConfig.VersionLabelsEntry'],
        ['logging_config', 'LoggingConfig'],
      ],
      { nestedType: [mapEntry('VersionLabelsEntry', 'int64')] },
    ),
    message('ModelConfigList', [['config', 'repeated ModelConfig']]),
    message('Any', [
      ['type_url', 'string'],
      ['value', 'bytes'],
    ]),
    choice(
      'ModelServerConfig',
      [
        ['model_config_list', 'ModelConfigList'],
        ['custom_model_config', 'Any'],
      ],
      'config',
    ),
  ],
};

let described: DescMessage | null = null;

/** `ModelServerConfig` of TensorFlow Serving's model_server_config.proto, as far as text files name it. Made at first use. */
export function modelServerConfigSchema(): DescMessage {
  described ??=
    createFileRegistry(fromJson(FileDescriptorSetSchema, { file: [file] })).getMessage(
      `${packageName}.ModelServerConfig`,
    ) ?? null;
  if (described === null) throw new Error('ModelServerConfig is not described');
  return described;
}
