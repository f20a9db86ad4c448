import { type Operation, operation } from './operation';

const tag = 'Batches';
const path = '/v1/batches';
const scope = 'infer';
const unknownBatch = { 404: 'No such batch, or that of another token' };
const anyText: readonly string[] = [];

/** Many pictures at once. */
export const batchOperations: readonly Operation[] = [
  operation(tag, {
    method: 'post',
    path,
    api: 'CreateBatch',
    summary: 'Asks versions of a model about many pictures: uploaded, or in a folder that the server allows',
    scope,
    request: 'BatchFolder',
    otherRequests: ['pictures', 'archive', 'pictureLines', 'picture'],
    answer: 'Batch',
    success: 202,
    query: {
      model: { description: 'of an upload: the name of the model', words: anyText },
      versions: {
        description: 'of an upload: numbers of versions, separated by commas; the newest when absent',
        words: anyText,
      },
      label: { description: 'of an upload: a label instead of versions', words: anyText },
      top: { description: 'of an upload: how many classes of each answer are kept' },
    },
    statuses: {
      400: 'The request makes no sense, or there are no pictures in it',
      404: 'No such model, or the version is not loaded',
    },
  }),
  operation(tag, {
    method: 'get',
    path,
    api: 'ListBatches',
    summary: 'The batches that were asked for with this token',
    scope,
    answer: 'BatchList',
  }),
  operation(tag, {
    method: 'get',
    path: `${path}/{id}`,
    api: 'GetBatch',
    summary: 'How far a batch is',
    scope,
    answer: 'Batch',
    statuses: unknownBatch,
  }),
  operation(tag, {
    method: 'get',
    path: `${path}/{id}/results`,
    api: 'BatchResults',
    summary: 'What has been answered, a line for each picture in their order',
    scope,
    answer: 'resultLines',
    query: { follow: { description: 'true goes on until the batch has ended', words: ['true', 'false'] } },
    statuses: unknownBatch,
  }),
  operation(tag, {
    method: 'post',
    path: `${path}/{id}:cancel`,
    api: 'CancelBatch',
    summary: 'Ends a batch; what is answered so far stays',
    scope,
    answer: 'Batch',
    statuses: unknownBatch,
  }),
  operation(tag, {
    method: 'delete',
    path: `${path}/{id}`,
    api: 'DeleteBatch',
    summary: 'Ends a batch if need be, and forgets its pictures and answers',
    scope,
    answer: 'Done',
    statuses: unknownBatch,
  }),
];
