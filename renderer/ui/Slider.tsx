import type { CSSProperties } from 'react';
import styles from './Slider.module.css';

export interface SliderProps {
  /** Its accessible name. */
  readonly label: string;
  /** Of 0 to 100. */
  readonly value: number;
  /** The value as it is spoken. */
  readonly valueText: string;
  /** Sets `--c`, the colour of what lies before the knob; the accent when absent. */
  readonly style?: CSSProperties | undefined;
  readonly isDisabled?: boolean;
  readonly onChange: (value: number) => void;
  readonly onFocus?: () => void;
}

/** A native slider in the house's look: arrows move by one, page keys by ten. */
export function Slider({
  label,
  value,
  valueText,
  style,
  isDisabled = false,
  onChange,
  onFocus,
}: SliderProps) {
  return (
    <input
      type="range"
      min={0}
      max={100}
      step={1}
      aria-label={label}
      aria-valuetext={valueText}
      className={styles['slider']}
      style={{ ...style, '--p': value } as CSSProperties}
      value={value}
      disabled={isDisabled}
      onFocus={onFocus}
      onChange={(event) => onChange(event.target.valueAsNumber)}
    />
  );
}
