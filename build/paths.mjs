import './node-version.mjs';
import { join, resolve } from 'node:path';

/** The folder of the checkout. */
export const root = resolve(import.meta.dirname, '..');
/** What can be made again: never committed. */
export const cache = join(root, '.cache');
/** @param {string} path */
export const at = (path) => join(root, path);
