import { Field } from './field.tsx';
import { Select, SelectContent, SelectItem, SelectTrigger, SelectValue } from './select.tsx';

interface OptionSelectProps {
  readonly label: string;
  /** Empty: nothing is chosen yet. */
  readonly value: string;
  readonly options: readonly (readonly [value: string, label: string])[];
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly onChange: (value: string) => void;
}

/** A labelled field whose value is one of a few options. */
export function OptionSelect({ label, value, options, hint, error, onChange }: OptionSelectProps) {
  return (
    <Select value={value} onValueChange={onChange}>
      <Field label={label} error={error} {...(hint === undefined ? {} : { hint })}>
        <SelectTrigger>
          <SelectValue placeholder="Choose" />
        </SelectTrigger>
      </Field>
      <SelectContent>
        {options.map(([option, text]) => (
          <SelectItem key={option} value={option}>
            {text}
          </SelectItem>
        ))}
      </SelectContent>
    </Select>
  );
}
