import { InvalidArgumentError } from 'commander';

/** The address of a server, with or without `http://`. Throws `InvalidArgumentError`. */
export function parseServerUrl(text: string): string {
  const url = /^https?:\/\//i.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url) || text.includes('://') !== (url === text))
    throw new InvalidArgumentError('It is an address such as http://127.0.0.1:8501.');
  return url;
}
