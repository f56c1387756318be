interface RadioCardProps {
  /** Of the group of radio buttons. */
  readonly name: string;
  readonly value: string;
  readonly title: string;
  readonly description: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

/** A choice that needs a sentence: radio button, title and description in a frame, all of which can be pressed. */
export function RadioCard({ name, value, title, description, checked, disabled = false, onChoose }: RadioCardProps) {
  return (
    <label className="flex cursor-pointer gap-2.5 rounded-md border bg-card p-3 has-[:checked]:border-primary has-[:disabled]:cursor-not-allowed has-[:disabled]:opacity-60 has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-ring">
      <input
        type="radio"
        name={name}
        value={value}
        checked={checked}
        disabled={disabled}
        onChange={onChoose}
        className="mt-0.5 size-4 shrink-0 accent-primary"
      />
      <span className="min-w-0">
        <span className="block text-sm font-medium">{title}</span>
        <span className="block text-xs text-muted-foreground">{description}</span>
      </span>
    </label>
  );
}
