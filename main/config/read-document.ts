import { type Document, isAlias, isMap, isNode, isSeq, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { configError } from './config-error';
import { type ConfigDocument, configDocumentSchema } from './config-schema';
import type { ServerConfig } from './server-config';

/**
 * Reads Slipway's own document: YAML, of which JSON is a part. `rootFolder` is where relative base paths begin unless the document says.
 * Throws CONFIG_INVALID with the line of the first thing that is not right.
 */
export function readDocument(text: string, rootFolder: string): ServerConfig {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [problem] = document.errors;
  if (problem) throw configError(`line ${lines.linePos(problem.pos[0]).line}`, problem.message, problem);
  const parsed = configDocumentSchema.safeParse(contentOf(document));
  if (parsed.success) return fromDocument(parsed.data, rootFolder);
  const [issue] = parsed.error.issues;
  throw configError(whereOf(issue?.path ?? [], document, lines), reasonOf(issue), parsed.error);
}

function contentOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (thrown) {
    throw configError('document', 'its aliases unfold to too much', thrown); // a “billion laughs” document
  }
}

function fromDocument(document: ConfigDocument, rootFolder: string): ServerConfig {
  return {
    kind: 'list',
    models: document.models.map(({ logging, ...model }, index) => ({
      ...model,
      ...(logging ? { logging } : {}),
      where: `models[${index}]`,
    })),
    rootFolder: document.rootFolder ?? rootFolder,
    resources: { memoryBytes: document.resources.memory ?? null },
    routes: document.routes,
  };
}

const reasonOf = (issue: z.core.$ZodIssue | undefined): string => issue?.message ?? 'not a configuration';

/** The path as it is written in programs, and the line of the deepest part of it that is there. */
function whereOf(path: readonly PropertyKey[], document: Document, lines: LineCounter): string {
  const name = path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
  for (let length = path.length; length >= 0; length--) {
    const node = nodeAt(document.contents, path.slice(0, length));
    const start = isNode(node) ? node.range?.[0] : undefined;
    if (start !== undefined) return `${name || 'document'}, line ${lines.linePos(start).line}`;
  }
  return name || 'document';
}

function nodeAt(node: unknown, path: readonly PropertyKey[]): unknown {
  let at = node;
  for (const part of path) {
    if (isAlias(at) || !(isMap(at) || isSeq(at))) return undefined;
    at = at.get(part, true);
  }
  return at;
}
