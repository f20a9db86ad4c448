import type { RunnerStats } from './protocol';

/** What this process takes of the machine at this moment. */
export const runnerStats = (): RunnerStats => ({ residentBytes: process.memoryUsage.rss() });
