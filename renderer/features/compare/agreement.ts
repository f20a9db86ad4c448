/** What agreement needs to know of one version's answer. */
export interface TopAnswer {
  /** The labels that share the highest number: one, or several when the model gave an exact tie. */
  readonly topLabels: readonly string[];
}

/** `agree` versions give the same label, of `of` that answered. */
export interface Agreement {
  readonly agree: number;
  readonly of: number;
}

/**
 * How many versions say the same. Labels are compared, not class indices, so that different models with the same
 * classes can be compared; a version whose top is an exact tie agrees with each label of the tie, since only the
 * class index decided between them. Null when fewer than two versions answered.
 */
export function agreementOf(answers: readonly TopAnswer[]): Agreement | null {
  if (answers.length < 2) return null;
  const votes = new Map<string, number>();
  for (const { topLabels } of answers) {
    for (const label of new Set(topLabels)) votes.set(label, (votes.get(label) ?? 0) + 1);
  }
  return { agree: Math.max(1, ...votes.values()), of: answers.length };
}

export type AgreementKind = 'allAgree' | 'someAgree' | 'allDiffer';

export function agreementKind({ agree, of }: Agreement): AgreementKind {
  if (agree === of) return 'allAgree';
  return agree === 1 ? 'allDiffer' : 'someAgree';
}
