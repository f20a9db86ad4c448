import type { ErrorCode } from '../../base/errors';
import type { ErrorText } from './error-words';
import { modelFileErrorTexts } from './model-file-errors.en';

/** What people read about each failure. */
export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
  ...modelFileErrorTexts,

  CANCELLED: { title: 'Stopped', text: 'This was stopped before it finished.' },
  DEADLINE_EXCEEDED: {
    title: 'No answer in time',
    text: 'The answer did not come within the time that was allowed.',
    next: 'Try again, or allow more time.',
  },
  INTERNAL: {
    title: 'Something in Slipway went wrong',
    text: 'This is a fault of the app. Your models and settings are unchanged.',
    next: 'Try again. If it happens again, copy the details and report them.',
  },
  INVALID_ARGUMENT: {
    title: 'That input does not fit',
    text: 'What was sent is not what was expected here.',
    next: 'See the details for the part that does not fit.',
  },
  FAILED_PRECONDITION: {
    title: 'Not possible right now',
    text: 'The present state does not allow this.',
    next: 'See the details for what is missing.',
  },
  IPC_BAD_INPUT: {
    title: 'The window sent something unexpected',
    text: 'A message between the window and the engine had the wrong form, so it was ignored.',
    next: 'Reload the window with View, Reload.',
  },
  IPC_UNTRUSTED_SENDER: {
    title: 'A message was refused',
    text: 'It did not come from a window of Slipway, so it was ignored.',
  },
  SERVABLE_NOT_FOUND: {
    title: 'This version is not available',
    text: 'No loaded version matches what was asked for.',
    next: 'Load the version, or choose one that is available.',
  },
  SERVABLE_WRONG_TYPE: {
    title: 'This model cannot do that',
    text: 'The version is loaded, but it is of a kind that does not answer this sort of question.',
    next: 'Choose another model.',
  },
  MODEL_NOT_FOUND: {
    title: 'Model not found',
    text: 'There is no model called {model}.',
    next: 'Check the name, or add the model first.',
  },
  VERSION_NOT_FOUND: {
    title: 'No such version',
    text: '{model} has no version {version}.',
    next: 'Check the number, or add a folder with this name to the model.',
  },
  MODEL_NAME_TAKEN: {
    title: 'This name is taken',
    text: 'A different model is already called {model}.',
    next: 'Choose another name.',
  },
  MODEL_NAME_INVALID: {
    title: 'This name cannot be used',
    text: 'A name has 1 to 128 characters, without slashes and colons.',
    next: 'Choose another name.',
  },
  LABEL_UNKNOWN: {
    title: 'No such label',
    text: '{model} has no label {label} that points at an available version.',
    next: 'Choose a version by its number, or set the label first.',
  },
  MEMORY_EXHAUSTED: {
    title: 'Not enough memory',
    text: 'It needs {needBytes}, and {freeBytes} of {totalBytes} are free.',
    next: 'Unload another version, or raise the memory limit in Settings.',
  },
  CONFIG_INVALID: {
    title: 'The configuration is not right',
    text: '{where}: {reason}. The configuration in force is unchanged.',
    next: 'Correct that place, then load the configuration again.',
  },
  CONFIG_CHANGE_REFUSED: {
    title: 'The configuration cannot change in this way',
    text: '{reason}. The configuration in force is unchanged.',
    next: 'Restart with the new configuration.',
  },
  ROUTE_NOT_FOUND: {
    title: 'Route not found',
    text: 'There is no route called {route}.',
    next: 'Check the name, or add the route first.',
  },
  ROUTE_INVALID: {
    title: 'The route is not right',
    text: '{reason} Nothing was changed.',
    next: 'Correct that, then apply it again.',
  },
  ROUTE_CHANGED: {
    title: 'The route was changed since',
    text: 'Taking this back would undo a later change of {route} as well.',
    next: 'Take back the later change first.',
  },
  ROUTE_REQUEST_UNKNOWN: {
    title: 'No such request',
    text: '{route} has answered no request with this id, or too long ago.',
    next: 'Check the request id.',
  },
  ROUTE_UNANSWERED: {
    title: 'No version of this route is available',
    text: 'Neither the version that {route} chose nor one that steps in is loaded.',
    next: 'Load one of its versions.',
  },
  MODEL_IS_TABLE: {
    title: 'This is a lookup table',
    text: 'It takes keys and gives rows; a picture cannot be given to it.',
    next: 'Look keys up instead: in the playground, with slipway lookup, or by :lookup over HTTP.',
  },
  TABLE_KEY_UNKNOWN: {
    title: 'Not in the table',
    text: 'The table has no key {key}.',
    next: 'Check the spelling, or look up another key.',
  },
  TABLE_HAS_NO_VECTORS: {
    title: 'Nothing to compare',
    text: 'The values of this table are texts, which have no direction.',
    next: 'Look the key up instead.',
  },
  MODEL_GIVES_NO_TENSORS: {
    title: 'The model gives no tensors',
    text: 'All that it gives are sequences or maps, which cannot be sent as an answer.',
    next: 'Export it so that it ends in tensors: for scikit-learn, with the option zipmap=False.',
  },
  MODEL_NOT_A_CLASSIFIER: {
    title: 'Not an image classifier',
    text: 'This model does not take one picture and give one list of classes.',
    next: 'Choose a model that classifies pictures, or send it tensors.',
  },
  MODEL_RUN_FAILED: {
    title: 'The model could not be run on this input',
    text: 'It fits the model’s signature, but the model failed while working on it.',
    next: 'See the details for the reason that ONNX Runtime gives.',
  },
  RUNNER_CRASHED: {
    title: 'The process of this version ended unexpectedly',
    text: 'Other models are not affected. It is started again by itself.',
    next: 'If it keeps ending, see the events of the model, or unload the version.',
  },
  RUNNER_UNRESPONSIVE: {
    title: 'The process of this version does not respond',
    text: 'It took too long and was ended. Other models are not affected.',
    next: 'Try again when it is available.',
  },
  RUNNER_LOAD_OVERRAN: {
    title: 'Loading did not come to an end',
    text: 'A step of loading this version took longer than {seconds} s, so its process was ended. Other models are not affected.',
    next: 'Load it again if the computer was busy. If it stops at the same step, the model itself probably never ends.',
  },
  RUNNER_START_FAILED: {
    title: 'The process of this version could not start',
    text: 'The system did not start it, or it ended at once.',
    next: 'Close other programs to free memory, then retry.',
  },
  RUNNER_OUT_OF_MEMORY: {
    title: 'The computer ran out of memory for this version',
    text: 'Its process could not get the memory that it needed, and ended. Other models are not affected.',
    next: 'Unload versions that you do not need, or close other programs.',
  },
  RUNNER_OVER_MEMORY_CAP: {
    title: 'The version took more memory than it may',
    text: 'It held {usedBytes}, and its limit is {capBytes}, so its process was ended. Other models are not affected.',
    next: 'Raise the limit of the model if it needs more.',
  },
  RUNNER_END_FORCED: {
    title: 'The process of this version would not end',
    text: 'It did not end within the time that it had, and was ended by force. Its memory is free again.',
  },
  INPUT_CRASHED_VERSION: {
    title: 'This input ended the version’s process before',
    text: 'It did so twice, so this version no longer takes it. Other inputs and other versions do.',
    next: 'Use another picture, or another version.',
  },
  QUEUE_FULL: {
    title: 'Too many requests wait already',
    text: 'The version works on others, and its queue is full.',
    next: 'Try again in a moment, or allow more waiting batches.',
  },
  PORT_IN_USE: {
    title: 'The port is in use',
    text: 'Another program on this computer listens on port {port}.',
    next: 'Choose another port, or end the other program.',
  },
  PORT_NOT_ALLOWED: {
    title: 'The port may not be used',
    text: 'The system lets only privileged programs listen on port {port}.',
    next: 'Choose a port above 1,023.',
  },
  ADDRESS_NOT_HERE: {
    title: 'The address is not one of this computer',
    text: 'No network connection of this computer has the address {host}.',
    next: 'Name one that it has, or 0.0.0.0 for all of them.',
  },
  REMOTE_UNREACHABLE: {
    title: 'The server does not answer',
    text: 'There is no answer from {url}.',
    next: 'Check the address, and that the server runs.',
  },
  REMOTE_REFUSED: {
    title: 'The server refused',
    text: 'The server would not answer this.',
  },
  PICTURE_UNREADABLE: {
    title: 'Not a picture that can be read',
    text: 'The file is damaged, or is not a JPEG, PNG, WebP, AVIF, GIF or TIFF picture.',
    next: 'Choose another picture, or save it again as PNG.',
  },
  PICTURE_IS_FOLDER: {
    title: 'This is a folder',
    text: 'A folder is no picture; the pictures in it are.',
    next: 'Choose the pictures in it, or ask about all of them in a batch.',
  },
  PICTURE_TOO_LARGE: {
    title: 'The picture is too large',
    text: 'It has more pixels or bytes than can be decoded safely.',
    next: 'Make it smaller, then try again.',
  },
  PICTURE_NOT_FOUND: {
    title: 'The picture is gone',
    text: 'There is no such file, or no longer: it may have been moved or deleted.',
    next: 'Choose the picture again.',
  },
  BATCH_NO_PICTURES: {
    title: 'No pictures in {name}',
    text: 'Nothing in it can be classified: there is no JPEG, PNG, WebP, AVIF, GIF or TIFF file in it or below it, or the list names none.',
    next: 'Choose another folder or list.',
  },
  BATCH_PASTED_PICTURES: {
    title: 'Pasted pictures cannot be a batch',
    text: 'They have no files from which a batch could read them.',
    next: 'Save them as files, then choose their folder.',
  },
  EXPORT_FAILED: {
    title: '{name} was not written',
    text: 'The file could not be written there. The results are unharmed.',
    next: 'Choose another place, and look whether there is room and you may write there.',
  },
  TENSOR_MISMATCH: {
    title: 'The input does not fit the model',
    text: 'Its name, type or shape differs from what the model takes.',
    next: 'Compare it with the signature of the model.',
  },
};
