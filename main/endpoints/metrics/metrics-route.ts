import type { FindRoute } from '../http/http-call';
import type { ServingMetrics } from './serving-metrics';

/** Where TensorFlow Serving has them. */
export const defaultMetricsPath = '/monitoring/prometheus/metrics';

export const createMetricsRoute =
  (metrics: ServingMetrics, path: string): FindRoute =>
  (method, url) =>
    method !== 'GET' || url.split('?', 1)[0] !== path
      ? null
      : {
          api: 'Metrics',
          model: '',
          scope: 'read',
          handle: async () => ({
            status: 200,
            contentType: metrics.contentType,
            body: await metrics.text(),
            record: { status: 'OK' },
          }),
        };
