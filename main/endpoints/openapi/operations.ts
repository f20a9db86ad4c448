import { batchOperations } from './batch-operations';
import { type Given, type Operation, operation } from './operation';
import { routeOperations } from './route-operations';

/** The newest version, one by number, one by label. */
const ofVersions = (given: Given, tag: string): readonly Operation[] =>
  ['', '/versions/{version}', '/labels/{label}'].map((at) =>
    operation(tag, { ...given, path: given.path.replace('{at}', at) }),
  );

const tfs = 'TensorFlow Serving';
const oip = 'Open Inference Protocol';
const unknownModel = { 404: 'No such model, or the version is not loaded' };
const badRequest = { 400: 'The request makes no sense to the model' };

const modelOperations: readonly Operation[] = [
  operation('Models', {
    method: 'put',
    path: '/v1/config/models/{model}',
    api: 'SaveModel',
    summary: 'Adds a model, or makes it what is said; a setting that is left out has its default',
    scope: 'admin',
    request: 'ModelRequest',
    answer: 'ModelChange',
    statuses: { 400: 'The model is not right; nothing has changed' },
  }),
  operation('Models', {
    method: 'delete',
    path: '/v1/config/models/{model}',
    api: 'RemoveModel',
    summary: 'Removes a model; its files stay',
    scope: 'admin',
    answer: 'ModelChange',
    statuses: { 404: 'No such model' },
  }),
];

const tfsOperations: readonly Operation[] = [
  operation(tfs, {
    method: 'get',
    path: '/v1/models',
    api: 'ListModels',
    summary: 'Every model with its versions and labels',
    scope: 'read',
    answer: 'ModelList',
  }),
  ...ofVersions(
    {
      method: 'get',
      path: '/v1/models/{model}{at}',
      api: 'GetModelStatus',
      summary: 'Where each version is in its life, and why',
      scope: 'read',
      answer: 'ModelStatus',
      statuses: { 404: 'No such model' },
    },
    tfs,
  ),
  ...ofVersions(
    {
      method: 'get',
      path: '/v1/models/{model}{at}/metadata',
      api: 'GetModelMetadata',
      summary: 'Inputs and outputs',
      scope: 'read',
      answer: 'ModelMetadata',
      statuses: unknownModel,
    },
    tfs,
  ),
  ...ofVersions(
    {
      method: 'post',
      path: '/v1/models/{model}{at}:predict',
      api: 'Predict',
      summary: 'Tensors in, tensors out; `inputs` is answered with `outputs`, `instances` with `predictions`',
      scope: 'infer',
      request: 'PredictRequest',
      answer: 'PredictAnswer',
      statuses: { ...badRequest, ...unknownModel },
    },
    tfs,
  ),
  ...ofVersions(
    {
      method: 'post',
      path: '/v1/models/{model}{at}:classify',
      api: 'Classify',
      summary: 'Classes of examples, or of pictures that are posted as they are',
      scope: 'infer',
      request: 'Examples',
      otherRequests: ['picture', 'pictures'],
      answer: 'ClassifyAnswer',
      query: { top: { description: 'how many classes of a picture; for pictures only' } },
      statuses: { ...badRequest, ...unknownModel },
    },
    tfs,
  ),
  ...ofVersions(
    {
      method: 'post',
      path: '/v1/models/{model}{at}:regress',
      api: 'Regress',
      summary: 'A number for each example',
      scope: 'infer',
      request: 'Examples',
      answer: 'RegressAnswer',
      statuses: { ...badRequest, ...unknownModel },
    },
    tfs,
  ),
];

const noTable = { 400: 'The request makes no sense, or the model is no lookup table' };
const tableOperations: readonly Operation[] = [
  ...ofVersions(
    {
      method: 'post',
      path: '/v1/models/{model}{at}:lookup',
      api: 'Lookup',
      summary: 'The rows that a lookup table has for some keys, and which keys it lacks',
      scope: 'infer',
      request: 'LookupRequest',
      answer: 'LookupAnswer',
      statuses: { ...noTable, ...unknownModel },
    },
    'Lookup tables',
  ),
  ...ofVersions(
    {
      method: 'post',
      path: '/v1/models/{model}{at}:nearest',
      api: 'Nearest',
      summary: 'The rows of a lookup table that are most like another row, or a vector',
      scope: 'infer',
      request: 'NearestRequest',
      answer: 'NearestAnswer',
      statuses: { ...noTable, ...unknownModel },
    },
    'Lookup tables',
  ),
];

/** The newest version, and one by number. */
const ofNumbers = (given: Given): readonly Operation[] =>
  ['', '/versions/{version}'].map((at) => operation(oip, { ...given, path: given.path.replace('{at}', at) }));

const notReady = { 503: 'Not ready' };

const oipOperations: readonly Operation[] = [
  operation(oip, {
    method: 'get',
    path: '/v2',
    api: 'ServerMetadata',
    summary: 'What this server is, and which extensions it has',
    scope: 'read',
    answer: 'ServerMetadata',
  }),
  operation(oip, {
    method: 'get',
    path: '/v2/health/live',
    api: 'ServerLive',
    summary: 'Does the server answer?',
    scope: null,
    answer: 'Live',
  }),
  operation(oip, {
    method: 'get',
    path: '/v2/health/ready',
    api: 'ServerReady',
    summary: 'Is no model on its way any more, and does one answer?',
    scope: null,
    answer: 'Ready',
    statuses: notReady,
  }),
  ...ofNumbers({
    method: 'get',
    path: '/v2/models/{model}{at}/ready',
    api: 'ModelReady',
    summary: 'Does the model, or the version, answer?',
    scope: 'read',
    answer: 'ModelReady',
    statuses: { 404: 'No such model, or no such version of it', ...notReady },
  }),
  ...ofNumbers({
    method: 'get',
    path: '/v2/models/{model}{at}',
    api: 'ModelMetadata',
    summary: 'Inputs and outputs',
    scope: 'read',
    answer: 'OipModelMetadata',
    statuses: unknownModel,
  }),
  ...ofNumbers({
    method: 'get',
    path: '/v2/models/{model}{at}/config',
    api: 'ModelConfig',
    summary: 'The model as Triton describes one',
    scope: 'read',
    answer: 'OipModelConfig',
    statuses: unknownModel,
  }),
  ...ofNumbers({
    method: 'get',
    path: '/v2/models/{model}{at}/stats',
    api: 'ModelStatistics',
    summary: 'How often and how fast it has answered',
    scope: 'read',
    answer: 'Statistics',
    statuses: unknownModel,
  }),
  operation(oip, {
    method: 'get',
    path: '/v2/models/stats',
    api: 'ModelStatistics',
    summary: 'The same of every model',
    scope: 'read',
    answer: 'Statistics',
  }),
  ...ofNumbers({
    method: 'post',
    path: '/v2/models/{model}{at}/infer',
    api: 'ModelInfer',
    summary: 'Tensors in, tensors out, as JSON or with binary tensors behind it',
    scope: 'infer',
    request: 'InferRequest',
    otherRequests: ['tensors'],
    answer: 'InferAnswer',
    statuses: { ...badRequest, ...unknownModel },
  }),
  operation(oip, {
    method: 'post',
    path: '/v2/repository/index',
    api: 'RepositoryIndex',
    summary: 'Every version of every model, and its state',
    scope: 'read',
    request: 'RepositoryIndexRequest',
    answer: 'RepositoryIndex',
  }),
  ...(['load', 'unload'] as const).map((action) =>
    operation(oip, {
      method: 'post',
      path: `/v2/repository/models/{model}/${action}`,
      api: action === 'load' ? 'RepositoryModelLoad' : 'RepositoryModelUnload',
      summary:
        action === 'load'
          ? 'Loads the newest version on disk, and answers when it is loaded'
          : 'Unloads every version',
      scope: 'admin',
      request: 'RepositoryRequest',
      answer: 'nothing',
      statuses: { 404: 'No such model', 400: action === 'load' ? 'It cannot be loaded' : 'Bad parameters' },
    }),
  ),
];

const serverOperations: readonly Operation[] = [
  operation('Server', {
    method: 'get',
    path: '/healthz',
    api: 'Health',
    summary: 'Does the process answer?',
    scope: null,
    answer: 'text',
  }),
  operation('Server', {
    method: 'get',
    path: '/readyz',
    api: 'Ready',
    summary: 'Is no model on its way any more, and does one answer?',
    scope: null,
    answer: 'text',
    statuses: notReady,
  }),
  operation('Server', {
    method: 'get',
    path: '/monitoring/prometheus/metrics',
    api: 'Metrics',
    summary: 'Metrics as Prometheus reads them; the path can be set',
    scope: 'read',
    answer: 'text',
  }),
];

/** Everything that the HTTP server answers to. */
export const operations: readonly Operation[] = [
  ...tfsOperations,
  ...modelOperations,
  ...tableOperations,
  ...oipOperations,
  ...batchOperations,
  ...routeOperations,
  ...serverOperations,
];
