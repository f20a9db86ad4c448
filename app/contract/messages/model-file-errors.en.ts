import type { ErrorText } from './error-words';

/** What people read about folders, archives and files that cannot become models. */
export const modelFileErrorTexts = {
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
  DROP_GONE: {
    title: 'Not there',
    text: '{name} is not there any more, or is a link that leads nowhere.',
    next: 'Look where it went, then add it from there.',
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
  CLASS_NAMES_UNREADABLE: {
    title: 'These are no class names',
    text: 'The text is none of the forms that a list of names has.',
    next: 'Write one name a line, in the order of the classes. A JSON list of names is read as well.',
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
} as const satisfies Readonly<Record<string, ErrorText>>;
