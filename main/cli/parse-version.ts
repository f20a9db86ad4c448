import { InvalidArgumentError } from 'commander';

/** A version number as an option of the command line gives it. Throws `InvalidArgumentError`. */
export function parseVersion(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A version is one whole number, such as 3.');
  return Number(text);
}
