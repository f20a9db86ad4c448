import type { Figure } from './figure';

/** A group of figures that share their set-up. */
export interface Suite {
  readonly name: string;
  /** The figures it gives, so that `npm run bench NAME…` knows which suites to run. */
  readonly figures: readonly string[];
  run(): Promise<readonly Figure[]>;
}
