import { forecastOf, type Platform } from '../platform';

/** TensorFlow.js models: `model.json` with its weights beside it. */
export const tfjsPlatform: Platform = {
  name: 'tfjs',
  isModel: (files) =>
    files.includes('model.json') && (files.length === 1 || files.some((name) => /^[^/]+\.bin$/i.test(name))),
  forecastBytes: forecastOf(3),
};
