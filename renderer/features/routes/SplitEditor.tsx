import { useRef, useState } from 'react';
import type { RouteProblem, Share } from '../../../app/contract/routes';
import { useServices } from '../../services';
import { classes } from '../../ui/classes';
import { Field } from '../../ui/Field';
import { Slider } from '../../ui/Slider';
import { ArmName } from './ArmMark';
import { type ArmLook, lookOf } from './arm-look';
import { Problems } from './Problems';
import styles from './SplitEditor.module.css';
import { readWeight, withWeight } from './split';
import { useRouteEditor } from './use-route-editor';

export interface SplitEditorProps {
  readonly split: readonly Share[];
  /** Whose split it is: a rule's id, or null for everyone else. */
  readonly rule: string | null;
  /** What follows an arm's name in the names of its controls, where a route has several splits. */
  readonly of: string | null;
  readonly problems: readonly RouteProblem[];
  readonly onChange: (split: Share[]) => void;
}

/** A slider and a number for each arm; what one gains the others lose, so that they sum to 100. */
export function SplitEditor({ split, rule, of, problems, onChange }: SplitEditorProps) {
  const { t } = useServices();
  const { looks } = useRouteEditor();
  /** As it was when a control took the focus: dragging to the end and back brings the others' shares back. */
  const origin = useRef(split);
  const isOnlyOne = split.length === 1;
  return (
    <div>
      {split.map(({ arm, weight }) => {
        const look = lookOf(looks, arm);
        const label = of
          ? t('routes.shareLabelOf', { arm: look.name, of })
          : t('routes.shareLabel', { arm: look.name });
        return (
          <div key={arm} className={styles['arm']}>
            <ArmName look={look} />
            <Slider
              label={label}
              value={weight}
              valueText={t('routes.percent', { value: weight })}
              style={look.style}
              isDisabled={isOnlyOne}
              onFocus={() => {
                origin.current = split;
              }}
              onChange={(value) => onChange(withWeight(origin.current, arm, value))}
            />
            <WeightField
              label={t('routes.shareNumber', { share: label })}
              weight={weight}
              isDisabled={isOnlyOne}
              onFocus={() => {
                origin.current = split;
              }}
              onWeight={(value) => onChange(withWeight(origin.current, arm, value))}
            />
            <ShareFigures look={look} weight={weight} rule={rule} />
          </div>
        );
      })}
      <Problems problems={problems} />
    </div>
  );
}

interface WeightFieldProps {
  readonly label: string;
  readonly weight: number;
  readonly isDisabled: boolean;
  readonly onFocus: () => void;
  readonly onWeight: (weight: number) => void;
}

function WeightField({ label, weight, isDisabled, onFocus, onWeight }: WeightFieldProps) {
  const { t, format } = useServices();
  const [text, setText] = useState<string | null>(null); // null while nobody types
  const isBad = text !== null && readWeight(text) === null;
  return (
    <Field
      label={label}
      inputMode="decimal"
      fieldClassName={styles['weight']}
      value={text ?? format.number(weight, 2)}
      disabled={isDisabled}
      end={<span aria-hidden="true">%</span>}
      problem={isBad ? t('routes.weightBad') : null}
      onFocus={(event) => {
        onFocus();
        event.target.select();
      }}
      onBlur={() => setText(null)}
      onChange={(event) => {
        setText(event.target.value);
        const value = readWeight(event.target.value);
        if (value !== null) onWeight(value);
      }}
    />
  );
}

interface ShareFiguresProps {
  readonly look: ArmLook;
  readonly weight: number;
  readonly rule: string | null;
}

/** What the arm got of this split so far, or what it would get where that is not its share: others may be stopped. */
function ShareFigures({ look, weight, rule }: ShareFiguresProps) {
  const { t, format } = useServices();
  const { draft, figures, preview } = useRouteEditor();
  const arm = draft.arms.find(({ id }) => id === look.id);
  const expected = preview?.expected
    .find((each) => each.rule === rule)
    ?.shares.find((share) => share.arm === look.id)?.share;
  const counts = figures?.rules.find((each) => each.rule === rule)?.arms.find((each) => each.arm === look.id);
  const words = arm?.isStopped
    ? t('routes.getsNothing')
    : expected !== undefined && Math.abs(expected * 100 - weight) >= 0.005
      ? t('routes.willGet', { share: format.percent(expected) })
      : counts
        ? counts.p95Ms === null
          ? t('routes.requests', { count: counts.requests })
          : t('routes.requestsP95', {
              count: format.number(counts.requests),
              p95: format.duration(counts.p95Ms),
            })
        : null;
  return <span className={classes(styles['figures'], arm?.isStopped && styles['stopped'])}>{words}</span>;
}
