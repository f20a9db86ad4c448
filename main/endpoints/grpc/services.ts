import type { InferencePort } from '../inference-port';
import type { RequestStatistics } from '../oip/request-statistics';
import type { GrpcMethod } from './grpc-call';
import { healthService } from './health-service';
import { modelService } from './model-service';
import { openInferenceService } from './open-inference-service';
import { predictionService } from './prediction-service';
import { reflectionService } from './reflection-service';

export interface GrpcServicesOptions {
  readonly port: InferencePort;
  readonly statistics: RequestStatistics;
  readonly isReady: () => boolean;
  /** Does the health service tell of models by their names? Whoever asks it shows no token. */
  readonly isHealthOfModelsTold: () => boolean;
  readonly counterValue: (metric: string) => Promise<number>;
  /** Ours; shown to clients. */
  readonly version: string;
}

const inferenceServices = [
  'tensorflow.serving.PredictionService',
  'tensorflow.serving.ModelService',
  'inference.GRPCInferenceService',
];
const healthName = 'grpc.health.v1.Health';

/** Every method of every service that is served over gRPC. */
export const grpcMethods = ({
  port,
  statistics,
  isReady,
  isHealthOfModelsTold,
  counterValue,
  version,
}: GrpcServicesOptions): readonly GrpcMethod[] => [
  ...predictionService(port),
  ...modelService({ port, counterValue }),
  ...openInferenceService({ port, statistics, isReady, version }),
  ...healthService({ port, isReady, isHealthOfModelsTold, services: [...inferenceServices, healthName] }),
  ...reflectionService([...inferenceServices, healthName]),
];
