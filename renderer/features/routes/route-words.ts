import type { SplitCheck } from '../../../app/contract/route-figures';
import type { Attribute, Condition, Decision, Rule, Share } from '../../../app/contract/routes';
import type { Format } from '../../format';
import type { Translator } from '../../messages/translator';

interface Words {
  readonly t: Translator['t'];
  readonly format: Format;
}

/** "90 / 10". */
export const splitWords = (split: readonly Share[], format: Format): string =>
  split.map(({ weight }) => format.number(weight, 2)).join(' / ');

const hasName = ({ from }: Pick<Attribute, 'from'>): boolean => from !== 'token' && from !== 'key';

/** "header x-user", "name of the token". */
export function attributeWords({ from, name }: Attribute, { t }: Pick<Words, 't'>): string {
  if (from === 'token' || from === 'key') return t(`routes.from.${from}.named`);
  return t(`routes.from.${from}.named`, { name: name || '…' });
}

/** "header x-team is qa or beta". */
export function conditionWords(condition: Condition, { t, format }: Words): string {
  const attribute = attributeWords(condition, { t });
  const values = condition.values.length === 0 ? '…' : format.either(condition.values);
  return t(`routes.condition.${condition.test}`, { attribute, values });
}

export const takesValues = (test: Condition['test']): boolean => test !== 'isPresent' && test !== 'isAbsent';

export const attributeHasName = hasName;

/** The check that says most: of a split that is not kept first, else of everyone else; there, of the arm that should get least. */
export function tellingCheck(checks: readonly SplitCheck[]): SplitCheck | null {
  const broken = checks.filter(({ isKept }) => !isKept);
  const candidates = broken.length > 0 ? broken : checks;
  const elsewhere = candidates.filter(({ rule }) => rule === null);
  const among = elsewhere.length > 0 ? elsewhere : candidates;
  return among.toSorted((a, b) => a.expected - b.expected)[0] ?? null;
}

/** "Arm v3, by the split for everyone else": which arm, and why. */
export function decisionWords(
  { arm, rule, reason }: Decision,
  rules: readonly Pick<Rule, 'id' | 'name'>[],
  t: Translator['t'],
): string {
  if (reason !== 'split') return t(`routes.reason.${reason}`, { arm });
  if (rule === null)
    return t(rules.length === 0 ? 'routes.reason.split' : 'routes.reason.splitElse', { arm });
  return t('routes.reason.splitOf', { arm, rule: rules.find(({ id }) => id === rule)?.name ?? rule });
}
