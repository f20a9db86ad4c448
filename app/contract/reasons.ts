/**
 * Why the engine inferred a setting, or warns of something: the codes that an `InferenceNote` may carry. Their texts stand in
 * `messages/reasons.en.ts`.
 */
export const reasonCodes = [
  // anything
  'setByPerson',
  'setBySidecar',
  'hfPreprocessor',

  // size
  'sizeFixed',
  'sizeFlat',
  'sizeMetadata',
  'sizeFree',
  'sizeTried',
  'tritonDims',

  // layout
  'layoutChannelsFirst',
  'layoutChannelsLast',
  'layoutNoChannels',
  'layoutFlat',
  'layoutConvolution',

  // channels
  'channelsOne',
  'channelsUsual',
  'channelsCaffe',
  'channelsPaddle',
  'channelsMetadata',

  // resize
  'resizeUsual',
  'resizeSmallInput',
  'resizeUltralytics',

  // values
  'valuesPixelRange',
  'valuesUltralytics',
  'valuesDeepness',
  'valuesBytes',
  'valuesQuantization',
  'valuesInGraphBytes',
  'valuesInGraphUnit',
  'valuesCntk',
  'valuesOneChannel',
  'valuesCaffe',
  'valuesPaddle',
  'valuesMobileNetKeras',
  'valuesKeras',
  'valuesPytorch',
  'valuesUnknown',

  // output
  'outputSoftmax',
  'outputLogSoftmax',
  'outputSigmoid',
  'outputLogits',
  'outputMeasuredProbabilities',
  'outputMeasuredLogProbabilities',
  'outputMeasuredLogits',

  // labels
  'labelsFile',
  'labelsMetadata',
  'labelsHuggingFace',
  'labelsMlflow',
  'labelsNone',

  // why a model is no image classifier
  'notNoInput',
  'notSeveralInputs',
  'notInputType',
  'notInputShape',
  'notFourChannels',
  'notInputSize',
  'notNoOutput',
  'notOutputType',
  'notOutputShape',
  'notRunning',
  'notTable',

  // warnings
  'warnLabelsBackground',
  'warnLabelsMissing',
  'warnLabelsTooMany',
  'warnLabelsTooFew',
  'warnLabelsUnreadable',
  'warnSidecarUnreadable',
  'warnLfsPointer',
  'warnFixedBatch',
  'warnOutputShape',
  'warnSeveralOutputs',
  'warnOldOpset',
  'warnProviderNotListed',
  'warnProviderFailed',
  'warnProviderDisagrees',
] as const;

export type ReasonCode = (typeof reasonCodes)[number];
