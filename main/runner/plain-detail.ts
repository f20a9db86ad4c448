import { existsSync } from 'node:fs';

/** `"/a/b c/d.bin"`, in any quotes. */
const quotedPath = /(["'`])((?:\/|[A-Za-z]:[\\/]|\\\\)[^"'`\n]*)\1/g;
const unixPath = /(?<![\w/.-])\/(?!\/)[^\s"'`:,;()[\]<>]+/g;
const windowsPath = /(?<!\w)(?:[A-Za-z]:[\\/]|\\\\)[^\s"'`,;()[\]<>]+/g;
/** Where in its sources a library found fault: `/src/core/graph/model.cc:191 `. */
const sourceLine = /(?:(?<!\w)[A-Za-z]:)?[\w./\\-]*\b\w+\.(?:cc|cpp|cxx|c|h|hpp|cu):\d+ ?/g;

/**
 * What a library said of a failure, without what is of this machine or of the library's own making: absolute paths keep only their last
 * part; places in its sources and C++ signatures go. Names of nodes that begin with a slash stay.
 */
export function plainDetail(message: string): string {
  return withoutSignatures(message)
    .replace(quotedPath, (whole, quote: string, path: string) =>
      isMachinePath(path) ? `${quote}${lastPart(path)}${quote}` : whole,
    )
    .replace(unixPath, (path) => (isMachinePath(path) ? lastPart(path) : path))
    .replace(windowsPath, lastPart)
    .trim();
}

const lastPart = (path: string): string => path.split(/[\\/]+/).findLast((part) => part !== '') ?? '';

/** ONNX names nodes `/conv1/Conv`: only what begins at a folder that exists is taken for a path. */
function isMachinePath(path: string): boolean {
  if (!path.startsWith('/')) return true;
  const [, top = ''] = path.split('/');
  return top !== '' && existsSync(`/${top}`);
}

function withoutSignatures(message: string): string {
  let plain = '';
  let from = 0;
  for (const match of message.matchAll(sourceLine)) {
    if (match.index < from) continue;
    plain += message.slice(from, match.index);
    from = endOfSignature(message, match.index + match[0].length);
  }
  return plain + message.slice(from);
}

/** Behind a source line stands the function that it is in: with its types, or by its name alone. */
function endOfSignature(message: string, start: number): number {
  const name = /^(?:[\w:~<>*&, ]+::)?[\w~]+/.exec(message.slice(start, start + mostSignature));
  if (!name) return start;
  const open = start + name[0].length;
  if (message[open] !== '(')
    return name[0].includes('::') || isOneWord(name[0]) ? wordEnd(message, start) : start;
  let depth = 0;
  for (let at = open; at < message.length && at < start + mostSignature; at++) {
    if (message[at] === '(') depth++;
    if (message[at] === ')' && --depth === 0) return afterQualifiers(message, at + 1);
  }
  return start;
}

const mostSignature = 4_000;
const isOneWord = (name: string): boolean => !name.includes(' ');
const wordEnd = (message: string, start: number): number => {
  const space = message.indexOf(' ', start);
  return space < 0 ? message.length : space + 1;
};

/** A function within it, `const`, and what its templates stood for. */
function afterQualifiers(message: string, at: number): number {
  const rest = /^(?:::<lambda\([^)]*\)>)?(?: const)?(?: \[with [^\]]*\])? ?/.exec(
    message.slice(at, at + mostSignature),
  );
  return at + (rest?.[0].length ?? 0);
}
