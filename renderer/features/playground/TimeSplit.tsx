import type { Timings } from '../../../app/contract/inference';
import { useServices } from '../../services';
import { TimeBar } from '../../ui/TimeBar';
import { timingParts } from './answer';

const colours: Readonly<Record<(typeof timingParts)[number], string>> = {
  queue: '--border-strong',
  decode: '--seq-3',
  preprocess: '--seq-4',
  run: '--seq-6',
};

/** Where the time of an answer went. */
export function TimeSplit({ timings }: { readonly timings: Timings }) {
  const { t } = useServices();
  return (
    <TimeBar
      parts={timingParts.map((part) => ({
        name: t(`playground.time.${part}`),
        ms: timings[part],
        colour: colours[part],
      }))}
    />
  );
}
