import type { ErrorCode } from '../../base/errors';

/**
 * What people read about a failure, in English: what happened, why if that is known, and what to do next (ux.md §7).
 * ICU strings; `{model}` and the like are filled from the error's `params`, where a name that ends in `Bytes` holds a number of bytes.
 */
export interface ErrorText {
  /** A heading of a few words, without a full stop. */
  readonly title: string;
  readonly text: string;
  /** What to do next. */
  readonly next?: string;
}

export const errorTexts: Readonly<Record<ErrorCode, ErrorText>> = {
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

  BASE_PATH_MISSING: {
    title: 'The folder is gone',
    text: 'The folder of this model is no longer where it was.',
    next: 'Put it back, or remove the model from the list.',
  },
  BASE_PATH_UNREADABLE: {
    title: 'The folder cannot be read',
    text: 'The system does not let Slipway read this folder.',
    next: 'Check the permissions of the folder, then look again.',
  },
  DROP_NO_VERSION_FOLDERS: {
    title: 'No version folders',
    text: '{name} has no version folders: folders named with a number, such as 1.',
    next: 'Rename the folder that holds the model file to 1, or add it as version 1.',
  },
  DROP_FOLDER_EMPTY: {
    title: 'An empty folder',
    text: '{name} is empty.',
    next: 'Put a model into it and add it then, or leave it.',
  },
  DROP_NO_MODEL_FILE: {
    title: 'No model file',
    text: '{name} holds no model that Slipway knows: no .onnx file, no TensorFlow.js model.json, no table.',
    next: 'Choose a folder that holds a model file.',
  },
  DROP_UNREADABLE: {
    title: 'Cannot be read',
    text: 'The system does not let Slipway read {name}.',
    next: 'Check its permissions, then add it again.',
  },
  DROP_ALREADY_ADDED: {
    title: 'Already here',
    text: '{name} is already in the list.',
    next: 'Open it from the list of models.',
  },
  DROP_NOT_A_MODEL: {
    title: 'Not a model',
    text: '{name} is not a model that Slipway knows.',
    next: 'Add an .onnx file, a TensorFlow.js model, a table, or a folder that holds one.',
  },
  DROP_LINK_LEAVES_FOLDER: {
    title: 'A link leads out of the folder',
    text: 'A link inside {name} points outside the folder, so it was not added.',
    next: 'Replace the link by the file itself.',
  },
  DROP_TOO_LARGE: {
    title: 'Too large to look through',
    text: '{name} holds too many files or too many levels of folders, so the search was stopped.',
    next: 'Choose a folder further down.',
  },
  DROP_NETWORK_SHARE: {
    title: 'On a network share',
    text: '{name} lies on a network share that has no drive letter, so it was not added.',
    next: 'Copy it to this computer, or connect the share as a drive.',
  },
  DROP_EXPIRED: {
    title: 'This offer has expired',
    text: 'Too much has been offered since these files were dropped.',
    next: 'Drop them again.',
  },

  ARCHIVE_DAMAGED: {
    title: 'The archive cannot be opened',
    text: '{name} is damaged, protected by a password, or not an archive.',
    next: 'Download it again, or unpack it yourself and add the folder.',
  },
  ARCHIVE_UNSAFE: {
    title: 'The archive is not safe to unpack',
    text: '{name} holds links, names that lead out of it, or far more than its size tells.',
    next: 'Unpack it yourself if you trust it, and add the folder.',
  },
  ARCHIVE_SEVERAL_MODELS: {
    title: 'More than one model in the archive',
    text: '{name} holds model files in several folders.',
    next: 'Unpack it, then add the folder.',
  },
  IMPORT_FAILED: {
    title: 'Could not be copied',
    text: '{name} could not be copied into the folder of models. Nothing was changed.',
    next: 'Check that the folder can be written to, then try again.',
  },
  DISK_FULL: {
    title: 'Not enough space on the disk',
    text: 'Copying {name} needs {needBytes}, and {freeBytes} are free. Nothing was changed.',
    next: 'Free some space, then try again.',
  },

  MODEL_FILE_MISSING: {
    title: 'No model file',
    text: 'The folder of this version holds no model file, such as model.onnx.',
    next: 'Put the model file there; it is then loaded by itself.',
  },
  MODEL_FILE_UNREADABLE: {
    title: 'The model file cannot be read',
    text: 'The system does not let Slipway read the model file.',
    next: 'Check the permissions of the file, then retry.',
  },
  MODEL_FILE_EMPTY: {
    title: 'The model file is empty',
    text: 'The file has no content: copying it has probably not finished, or failed.',
    next: 'Copy the file again.',
  },
  MODEL_FILE_TRUNCATED: {
    title: 'The model file is incomplete',
    text: 'The file ends in the middle: copying or downloading it has probably not finished.',
    next: 'Copy or download the file again.',
  },
  MODEL_FILE_DAMAGED: {
    title: 'The model file is damaged',
    text: 'It begins as an ONNX model, but parts of it contradict each other.',
    next: 'Copy or export the file again.',
  },
  MODEL_FILE_TOO_INTRICATE: {
    title: 'The model has too many parts',
    text: 'It is made of more operators, names or levels than any usual model, so it was not given to ONNX Runtime.',
    next: 'See the details for what there is too much of, and export the model again.',
  },
  MODEL_FILE_IS_LFS_POINTER: {
    title: 'Only a pointer to the file',
    text: '{file} is a Git LFS pointer: a small text that stands for the file, not the file itself.',
    next: 'Run “git lfs pull” in its repository, then copy the file again.',
  },
  MODEL_FILE_NOT_ONNX: {
    title: 'Not an ONNX model',
    text: 'The file is called a model, but its content is not in the ONNX format.',
    next: 'Export the model to ONNX, then replace the file.',
  },
  MODEL_EXTERNAL_DATA_MISSING: {
    title: 'Part of the model is missing',
    text: 'The model keeps its weights in a second file, {file}, which is not there.',
    next: 'Copy that file beside the model file.',
  },
  MODEL_EXTERNAL_DATA_LEAVES_FOLDER: {
    title: 'The model points outside its folder',
    text: 'The model asks for a file outside its version folder, which is not allowed.',
    next: 'Move its weights beside the model file and export it again.',
  },
  MODEL_CUSTOM_OPERATORS: {
    title: 'The model needs extra operators',
    text: 'It uses operators that ONNX Runtime does not have: {operators}.',
    next: 'Export the model with standard operators.',
  },
  MODEL_OPSET_UNSUPPORTED: {
    title: 'The model is too new',
    text: 'It needs a newer version of ONNX operators than this app has.',
    next: 'Export the model with an older opset, or update Slipway.',
  },
  MODEL_OPSET_TOO_OLD: {
    title: 'The model is too old',
    text: 'It is of opset {opset}, and ONNX Runtime no longer has the operators that it needs.',
    next: 'Export the model again with opset 12 or newer, or convert it with onnx.version_converter.',
  },
  MODEL_OPERATOR_UNSUPPORTED: {
    title: 'The model needs an operator that is not there',
    text: 'ONNX Runtime cannot run {operator} on this computer’s processor.',
    next: 'Export the model with other operators or types.',
  },
  MODEL_REFUSED_BY_RUNTIME: {
    title: 'ONNX Runtime refuses this model',
    text: 'The file is an ONNX model, but it could not be made ready to run.',
    next: 'See the details for the reason that ONNX Runtime gives.',
  },
  MODEL_IS_SAVED_MODEL: {
    title: 'A TensorFlow SavedModel',
    text: 'Slipway runs ONNX and TensorFlow.js models, and this is neither yet. Converting it takes one command.',
    next: 'Run “python -m tf2onnx.convert --saved-model {folder} --output model.onnx”, then add model.onnx as a version of {model}.',
  },
  MODEL_IS_KERAS: {
    title: 'A Keras model',
    text: 'Slipway runs ONNX and TensorFlow.js models, and {file} is neither yet. Converting it takes one command.',
    next: 'Run “tensorflowjs_converter --input_format={format} {file} {model}-tfjs”, then add the folder {model}-tfjs.',
  },
  MODEL_IS_TFLITE: {
    title: 'A TensorFlow Lite model',
    text: 'Slipway runs ONNX and TensorFlow.js models, and {file} is neither yet. Converting it takes one command.',
    next: 'Run “python -m tf2onnx.convert --tflite {file} --output model.onnx”, then add model.onnx as a version of {model}.',
  },
  MODEL_PLATFORM_MIXED: {
    title: 'Another kind of model',
    text: 'Version {version} is of the kind {platform}, and {model} is of the kind {expected}, as its first version.',
    next: 'Add this version as a model of its own.',
  },
  MODEL_WEIGHTS_MISSING: {
    title: 'Part of the model is missing',
    text: 'The model keeps its weights in {file}, which is not there or is not as long as it should be.',
    next: 'Copy all files that lie beside model.json.',
  },
  MODEL_NOT_TENSORFLOW_JS: {
    title: 'Not a TensorFlow.js model',
    text: 'model.json is no model that TensorFlow.js can load.',
    next: 'See the details for what it says, and convert the model again.',
  },
  TABLE_FILE_INVALID: {
    title: 'The table cannot be read',
    text: '{file}: {reason}.',
    next: 'Correct the file; it is then loaded by itself.',
  },
  TABLE_ROW_INVALID: {
    title: 'A row of the table is wrong',
    text: '{file}, {place}: {reason}.',
    next: 'Correct that row; the table is then loaded by itself.',
  },
  TABLE_EMPTY: {
    title: 'The table is empty',
    text: '{file} has no rows.',
    next: 'Copy or export the file again.',
  },
  TABLE_VOCABULARY_MISSING: {
    title: 'The keys of the table are missing',
    text: '{file} holds numbers only, and no file beside it names the rows.',
    next: 'Put a vocab.txt beside it, with one key on each line.',
  },
  TABLE_VOCABULARY_MISMATCH: {
    title: 'Keys and rows do not match',
    text: '{vocabulary} names {keys} rows, and {file} has {rows}.',
    next: 'Put the vocabulary there that belongs to this file.',
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
  CLASS_NAMES_UNREADABLE: {
    title: 'These are no class names',
    text: 'The text is none of the forms that a list of names has.',
    next: 'Write one name a line, in the order of the classes. A JSON list of names is read as well.',
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
  BATCHING_INVALID: {
    title: 'The batching settings do not fit together',
    text: 'What is set for this model, or its batching_params.pbtxt, cannot be used.',
    next: 'See the details for the setting, correct it, then retry.',
  },
  WARMUP_INVALID: {
    title: 'The warm-up requests cannot be read',
    text: 'The file of recorded requests beside the model is damaged, too long, or holds what cannot be replayed.',
    next: 'Record the file again, or take it away, then retry.',
  },
  WARMUP_FAILED: {
    title: 'A warm-up request failed',
    text: 'The version was loaded, but did not answer a recorded request as it should, so it was not made available.',
    next: 'See the details for the reason, or take the warm-up file away, then retry.',
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
