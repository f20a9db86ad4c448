import { resolve } from 'node:path';
import { z } from 'zod';

/** The files and folders on a command line, absolute. Under `electron FOLDER` the first one is the app itself. */
export function givenPaths(argv: readonly string[], workingFolder: string, isDefaultApp: boolean): string[] {
  const plain = argv.slice(1).filter((argument) => argument !== '' && !argument.startsWith('-'));
  return (isDefaultApp ? plain.slice(1) : plain).map((path) => resolve(workingFolder, path));
}

export const launchDataSchema = z.strictObject({ paths: z.array(z.string()).max(1_000) });
/** What a second launch hands to the first. */
export type LaunchData = z.infer<typeof launchDataSchema>;
