import { RadioCard } from '#components/ui/form/radio-card.tsx';
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
          <RadioCard
            key={kind.kind}
            name="kind"
            value={kind.kind}
            title={kind.title}
            description={kind.summary}
            checked={kind.kind === chosen.kind}
            onChoose={() => onChoose(kind)}
          />
        ))}
      </div>
    </fieldset>
  );
}
