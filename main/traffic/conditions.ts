import type { Condition } from '../../app/contract/routes';
import { attributeReader, type ReadAttribute, type RequestAttributes } from './request-attributes';

/** Does a request fit? */
export type Fits = (request: RequestAttributes) => boolean;

type Compare = (value: string) => boolean;

/** A condition as a function; `key` reads what the route's `stickyBy` names. */
export function compileCondition(condition: Condition, key: ReadAttribute | null): Fits {
  const read = attributeReader(condition, key);
  const { test } = condition;
  if (test === 'isPresent') return (request) => read(request) !== undefined;
  if (test === 'isAbsent') return (request) => read(request) === undefined;
  const compare = comparison(condition);
  if (test === 'isNot') {
    return (request) => {
      const value = read(request);
      return value === undefined || !compare(value);
    };
  }
  return (request) => {
    const value = read(request);
    return value !== undefined && compare(value);
  };
}

function comparison({ test, values }: Condition): Compare {
  const [only = ''] = values;
  switch (test) {
    case 'startsWith':
      return (value) => values.some((it) => value.startsWith(it));
    case 'endsWith':
      return (value) => values.some((it) => value.endsWith(it));
    case 'contains':
      return (value) => values.some((it) => value.includes(it));
    case 'atLeast':
      return limit(values, (value, bound) => value >= bound);
    case 'atMost':
      return limit(values, (value, bound) => value <= bound);
    default: {
      if (values.length === 1) return (value) => value === only;
      const set = new Set(values);
      return (value) => set.has(value);
    }
  }
}

function limit(values: readonly string[], holds: (value: number, bound: number) => boolean): Compare {
  const bounds = values.map(numberOf);
  return (text) => {
    const value = numberOf(text);
    return bounds.some((bound) => holds(value, bound)); // NaN holds nothing
  };
}

/** NaN for what is no number, the empty text included. */
export const numberOf = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));

/** A rule's conditions: all of them must fit. One without any fits nobody. */
export function compileConditions(conditions: readonly Condition[], key: ReadAttribute | null): Fits {
  const compiled = conditions.map((condition) => compileCondition(condition, key));
  const [first] = compiled;
  if (first === undefined) return () => false;
  if (compiled.length === 1) return first;
  return (request) => {
    for (const fits of compiled) if (!fits(request)) return false;
    return true;
  };
}
