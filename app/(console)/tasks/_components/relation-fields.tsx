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
  none: 'Tables of relationships and nested collections always have the key of their parent.',
  comments: 'The comment of a column names the table and column to which it refers.',
  'foreign-keys':
    'For diagrams and BI tools. The database does not enforce the keys, because Graph may name objects that are not landed. The parents must be in this task.',
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
        hint="A view that shows the names of parents and objects beside their ids. Its name ends in __view, for example group_members__view."
        checked={relationshipViews}
        onChange={(views) => onChange({ relationshipViews: views })}
      />
    </>
  );
}
