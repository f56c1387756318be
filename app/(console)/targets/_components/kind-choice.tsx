import type { TargetKindDto } from '#lib/domain/target/target.ts';

interface KindChoiceProps {
  readonly kinds: readonly TargetKindDto[];
  readonly chosen: TargetKindDto;
  readonly onChoose: (kind: TargetKindDto) => void;
}

/** Chooses a kind of target. */
export function KindChoice({ kinds, chosen, onChoose }: KindChoiceProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 text-sm font-medium">Kind</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {kinds.map((kind) => (
          <label
            key={kind.kind}
            className="flex cursor-pointer gap-2.5 rounded-md border bg-card p-3 has-[:checked]:border-primary has-[:focus-visible]:ring-2 has-[:focus-visible]:ring-ring"
          >
            <input
              type="radio"
              name="kind"
              value={kind.kind}
              checked={kind.kind === chosen.kind}
              onChange={() => onChoose(kind)}
              className="mt-0.5 size-4 accent-primary"
            />
            <span className="min-w-0">
              <span className="block text-sm font-medium">{kind.title}</span>
              <span className="block text-xs text-muted-foreground">{kind.summary}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
