import type { CreateRunnerModule } from '../../../runner/runner-module';
export const createTfjsRunner: CreateRunnerModule = ({ meter }) => ({ unload: async () => meter.read() });
