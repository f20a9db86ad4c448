import { useState } from 'react';
import { Field } from './Field';

export interface NumberFieldProps {
  /** Its accessible name. */
  readonly label: string;
  readonly value: number;
  readonly least: number;
  readonly most: number;
  /** Digits behind the point that may be typed. */
  readonly decimals?: number;
  /** What stands behind the number. */
  readonly unit?: string;
  /** What is said while the text is no such number. */
  readonly problem: string;
  readonly className?: string | undefined;
  readonly onChange: (value: number) => void;
}

/** A number to type in; what is no number, or out of bounds, is said and not taken. */
export function NumberField({
  label,
  value,
  least,
  most,
  decimals = 0,
  unit,
  problem,
  className,
  onChange,
}: NumberFieldProps) {
  const [text, setText] = useState<string | null>(null); // null while nobody types
  const read = (typed: string): number | null => {
    const number = Number(typed.trim().replace(',', '.'));
    const digits = /[.,](\d*)$/u.exec(typed.trim())?.[1]?.length ?? 0;
    const isFit =
      typed.trim() !== '' &&
      Number.isFinite(number) &&
      digits <= decimals &&
      number >= least &&
      number <= most;
    return isFit ? number : null;
  };
  return (
    <Field
      label={label}
      inputMode={decimals > 0 ? 'decimal' : 'numeric'}
      fieldClassName={className}
      value={text ?? String(value)}
      problem={text !== null && read(text) === null ? problem : null}
      end={unit === undefined ? undefined : <span aria-hidden="true">{unit}</span>}
      onBlur={() => setText(null)}
      onChange={(event) => {
        setText(event.target.value);
        const typed = read(event.target.value);
        if (typed !== null) onChange(typed);
      }}
    />
  );
}
