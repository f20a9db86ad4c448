import type { ReactNode } from 'react';
import { createElement } from 'react';
import { createIntl, createIntlCache, type IntlShape } from 'react-intl';
import { reportUnexpected, type WireError } from '../../app/base/errors';
import type { Explanation } from '../../app/contract/explanation';
import { errorTexts } from '../../app/contract/messages/errors.en';
import { explanationTexts, ruleTexts } from '../../app/contract/messages/explanations.en';
import { reasonTexts } from '../../app/contract/messages/reasons.en';
import { routeProblemTexts } from '../../app/contract/messages/routes.en';
import type { RouteProblem } from '../../app/contract/routes';
import type { Format } from '../format';
import { en, type MessageId } from './en';

export type Values = Readonly<Record<string, string | number>>;

/** What people read about a failure. */
export interface ErrorWords {
  readonly title: string;
  readonly text: string;
  readonly next: string | null;
}

export interface Translator {
  readonly intl: IntlShape;
  readonly t: (id: MessageId, values?: Values) => string;
  /** Like `t`, for messages with `<b>` and `<code>` in them. */
  readonly rich: (id: MessageId, values?: Values) => ReactNode;
  readonly errorWords: (error: WireError) => ErrorWords;
  /** The text of a reason that the engine gave by code, under `reason.<code>`; the code itself where the catalogue lacks it. */
  readonly reason: (code: string, params: Readonly<Record<string, string>>) => string;
  /** Why a version is, or is not, loaded: one sentence. */
  readonly explanation: (explanation: Pick<Explanation, 'reason' | 'params'>) => string;
  /** What a rule of the serving core says; null for one that this page does not know. */
  readonly rule: (code: string) => string | null;
  /** What is not right with a route: one sentence. */
  readonly routeProblem: (problem: Pick<RouteProblem, 'code' | 'params'>) => string;
}

/** Every `error.<CODE>.title`, `.text` and `.next`, every `reason.<code>`, `explanation.<reason>`, `rule.<code>` and `routeProblem.<code>`, as one flat list, as the catalogue wants it. */
const engineMessages: Readonly<Record<string, string>> = Object.fromEntries([
  ...Object.entries(errorTexts).flatMap(([code, words]) =>
    Object.entries(words).map(([part, text]) => [`error.${code}.${part}`, text] as const),
  ),
  ...Object.entries(reasonTexts).map(([code, text]) => [`reason.${code}`, text] as const),
  ...Object.entries(explanationTexts).map(([reason, text]) => [`explanation.${reason}`, text] as const),
  ...Object.entries(ruleTexts).map(([code, text]) => [`rule.${code}`, text] as const),
  ...Object.entries(routeProblemTexts).map(([code, text]) => [`routeProblem.${code}`, text] as const),
]);

export function createTranslator(locale: string, format: Format): Translator {
  const intl = createIntl(
    { locale, messages: { ...en, ...engineMessages }, onError: reportUnexpected },
    createIntlCache(),
  );
  const t = (id: MessageId, values: Values = {}): string => intl.formatMessage({ id }, values);
  /** `sizeBytes` and the like hold numbers of bytes. */
  const readable = (params: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(params).map(([name, value]) => [
        name,
        name.endsWith('Bytes') && Number.isFinite(Number(value)) ? format.bytes(Number(value)) : value,
      ]),
    );
  const fill = (id: string, params: Record<string, string>): string => {
    const text = intl.messages[id];
    if (typeof text !== 'string') return '';
    const unfilled = [...text.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? '');
    const blanks = Object.fromEntries(unfilled.map((name) => [name, '…']));
    return intl.formatMessage({ id }, { ...blanks, ...params });
  };

  return {
    intl,
    t,
    rich: (id, values = {}) =>
      intl.formatMessage(
        { id },
        {
          ...values,
          b: (chunks: ReactNode[]) => createElement('strong', null, ...chunks),
          code: (chunks: ReactNode[]) => createElement('code', null, ...chunks),
        },
      ),
    errorWords: ({ code, params }) => {
      const values = readable(params);
      return {
        title: fill(`error.${code}.title`, values),
        text: fill(`error.${code}.text`, values),
        next: fill(`error.${code}.next`, values) || null,
      };
    },
    reason: (code, params) => fill(`reason.${code}`, readable(params)) || code,
    explanation: ({ reason, params }) => fill(`explanation.${reason}`, readable(params)),
    rule: (code) => fill(`rule.${code}`, {}) || null,
    routeProblem: ({ code, params }) => fill(`routeProblem.${code}`, readable(params)),
  };
}
