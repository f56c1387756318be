import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { RelationKeys } from '#lib/domain/task/task.ts';
import type { LandingValues } from '../new/_components/landing-values.ts';
import { Switchable } from '../new/_components/setting-inputs.tsx';

interface RelationFieldsProps {
  readonly values: Pick<LandingValues, 'relationKeys' | 'relationshipViews'>;
  readonly error: string | undefined;
  /** The target can have foreign keys and views. */
  readonly isPossible: boolean;
  readonly onChange: (next: Partial<LandingValues>) => void;
}

const KEYS = [
  ['none', 'Not in the database'],
  ['comments', 'Comments on columns'],
  ['foreign-keys', 'Foreign keys and comments'],
] as const;

const HINT = {
  none: 'Tables of relationships and nested collections have the key of their parent in any case.',
  comments: 'The columns that refer to a parent say to which table and column.',
  'foreign-keys':
    'For diagrams and BI tools. They are not enforced, as Graph may name objects that are not landed. They need the parents in this task.',
} satisfies Record<RelationKeys, string>;

/** How the database shows which tables belong together. Nothing where it cannot and nothing is chosen. */
export function RelationFields({ values, error, isPossible, onChange }: RelationFieldsProps) {
  const { relationKeys, relationshipViews } = values;
  if (!isPossible && relationKeys === 'none' && !relationshipViews) return null;
  return (
    <>
      <OptionSelect
        label="References to parents"
        value={relationKeys}
        options={KEYS}
        hint={HINT[relationKeys]}
        error={error}
        onChange={(keys) => onChange({ relationKeys: keys as RelationKeys })}
      />
      <Switchable
        label="A view of each relationship"
        hint="With the names of its parents and objects beside their ids, in a view that ends in __view: group_members__view."
        checked={relationshipViews}
        onChange={(views) => onChange({ relationshipViews: views })}
      />
    </>
  );
}
