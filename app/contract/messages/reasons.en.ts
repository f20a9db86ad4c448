import type { ReasonCode } from '../reasons';

/** What people read about why a setting is what it is, in English: one sentence. `{names}` are filled from the note's `params`. */
export const reasonTexts: Readonly<Record<ReasonCode, string>> = {
  setByPerson: 'Set by you.',
  setBySidecar: 'Set in {file} in the folder of this version.',
  hfPreprocessor: 'As {file} beside the model says.',

  sizeFixed: 'The model’s input “{input}” is {width} × {height}.',
  sizeFlat: 'The input is a row of {length} numbers: a picture of {width} × {height}.',
  sizeMetadata: 'The model’s metadata ({key}) says {width} × {height}.',
  sizeFree: 'The model takes any size; {width} × {height} is the most common one.',
  tritonDims: 'config.pbtxt says {width} × {height}.',
  sizeTried: 'The model takes no other usual size than {width} × {height}.',

  layoutChannelsFirst: 'The input’s shape {shape} has the channels first.',
  layoutChannelsLast: 'The input’s shape {shape} has the channels last.',
  layoutNoChannels: 'The input’s shape {shape} has no dimension for channels.',
  layoutFlat: 'The input’s shape {shape} is one row of numbers.',
  layoutConvolution: 'The first convolution takes {channels} channels, so they come first.',

  channelsOne: 'The input has one channel.',
  channelsUsual: 'Most models take red, green, blue; the file does not say.',
  channelsCaffe: 'The model comes from Caffe, whose models take blue, green, red.',
  channelsPaddle: 'The model comes from PaddlePaddle, whose models mostly take blue, green, red.',
  channelsMetadata: 'The model’s metadata says {value}.',

  resizeUsual: 'Usual for models of this size: short side to {shortSide}, then the centre.',
  resizeSmallInput: 'Pictures for an input this small are usually made to size: the whole picture is used.',
  resizeUltralytics: 'Ultralytics classifiers take the centre square.',

  valuesPixelRange: 'The model’s metadata says {value}.',
  valuesUltralytics: 'Ultralytics classifiers take 0 to 1.',
  valuesDeepness: 'The model’s metadata gives mean and standard deviation.',
  valuesBytes: 'The input is of type uint8: pixels as they are.',
  valuesQuantization: 'The model was calibrated on numbers from {low} to {high}, which is what this gives.',
  valuesInGraphBytes: 'The model begins by scaling its input itself ({operator}), from 0 to 255.',
  valuesInGraphUnit: 'The model begins by normalising its input itself ({operator}), from 0 to 1.',
  valuesCntk: 'The model comes from CNTK, whose one-channel models take 0 to 255.',
  valuesOneChannel: 'Most models with one channel take 0 to 1; the file does not say.',
  valuesCaffe: 'The model comes from Caffe: 0 to 255 less the mean of ImageNet.',
  valuesPaddle: 'The model comes from PaddlePaddle, whose models mostly take −1 to 1.',
  valuesMobileNetKeras: 'The model comes from TensorFlow and looks like a MobileNet, which takes −1 to 1.',
  valuesKeras: 'Most models from TensorFlow take 0 to 1; the file does not say.',
  valuesPytorch:
    'Most models from PyTorch take ImageNet’s mean and standard deviation; the file does not say.',
  valuesUnknown: 'The file gives no hint; ImageNet’s mean and standard deviation are the most common.',

  outputSoftmax: 'The model ends in a softmax.',
  outputLogSoftmax: 'The model ends in a log-softmax.',
  outputSigmoid: 'The model ends in a sigmoid.',
  outputLogits: 'The model ends in {operator}: its numbers become probabilities by a softmax.',
  outputMeasuredProbabilities: 'A trial run gave numbers that are already probabilities.',
  outputMeasuredLogProbabilities: 'A trial run gave logarithms of probabilities.',
  outputMeasuredLogits: 'A trial run gave numbers that are not probabilities.',

  labelsFile: '{count} names from {file}.',
  labelsMetadata: '{count} names from the model’s metadata ({key}).',
  labelsHuggingFace: '{count} names from {file}.',
  labelsMlflow: '{count} names from MLmodel.',
  labelsNone: 'No names found. Name the classes here, or put a labels.txt with one a line beside the model.',

  notTable: 'It is a table: it takes keys, not pictures.',
  notNoInput: 'It has no input.',
  notSeveralInputs: 'It has {count} inputs, where one picture is one input.',
  notInputType: 'Its input “{input}” is of type {dtype}, which holds no picture.',
  notInputShape: 'Its input “{input}” has the shape {shape}, which is no picture.',
  notFourChannels: 'Its input “{input}” has four channels, which a picture does not have here.',
  notInputSize: 'Its input “{input}” is {width} × {height}, which is no picture.',
  notNoOutput: 'It has no output that is a tensor.',
  notOutputType: 'Its output {output} is of type {dtype}, which holds no probabilities.',
  notOutputShape: 'Its output {output} has the shape {shape}, which is not one number for each class.',
  notRunning: 'It could not be run on a picture: {detail}',

  warnLabelsBackground: 'There are {classes} classes and {labels} names: class 0 is taken for “background”.',
  warnLabelsMissing: 'There are {classes} classes and no names: they are shown by number.',
  warnLabelsTooMany:
    'There are {classes} classes but {labels} names in {source}: the names may be of another model.',
  warnLabelsTooFew:
    'There are {classes} classes but only {labels} names in {source}: the rest is shown by number.',
  warnLabelsUnreadable: '{file} is no list of names that can be read.',
  warnLfsPointer:
    '{file} is only a Git LFS pointer and was left aside: run “git lfs pull” where it came from, and copy it again.',
  warnSidecarUnreadable: '{file} is not valid and was left aside: {detail}',
  warnFixedBatch: 'The model takes exactly {batch} pictures at once: single ones are padded.',
  warnOutputShape: 'The file declares the output as {declared}, but a run gave {actual}.',
  warnSeveralOutputs: 'It has {count} outputs; the classes are read from {output}.',
  warnOldOpset: 'The model is of opset {opset}, for which ONNX Runtime gives no guarantee.',
  warnProviderNotListed:
    'It was to be run by {asked}, which ONNX Runtime does not have on this computer ({listed}): cpu runs it.',
  warnProviderFailed: 'It was to be run by {asked}, which could not: {detail}. Cpu runs it.',
  warnProviderDisagrees:
    'Run by {asked}, its numbers differ by {difference} of the largest from those of cpu, more than {tolerance}.',
};
