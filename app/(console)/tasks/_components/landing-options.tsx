'use client';

import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import type { TargetCapabilities } from '#lib/domain/target/target.ts';
import type { NamesSettings } from '#lib/domain/task/landing-names.ts';
import type { LandingValues } from '../new/_components/landing-values.ts';
import { Switchable } from '../new/_components/setting-inputs.tsx';
import { DriftFields } from './drift-fields.tsx';
import { PublishField } from './publish-field.tsx';
import { RelationFields } from './relation-fields.tsx';

interface LandingOptionsProps {
  readonly values: LandingValues;
  readonly errors: Partial<Record<keyof LandingValues, string>>;
  /** Why the names cannot be changed; null: they can. */
  readonly namesLocked: string | null;
  /** The method and the target can keep rows that are gone from the source. */
  readonly canSoftDelete: boolean;
  /** Of the target; null: none is chosen. */
  readonly capabilities: TargetCapabilities | null;
  /** This connection is read through a data gateway. */
  readonly throughGateway: boolean;
  /** Each run makes the tables or files anew. */
  readonly recreatesTables: boolean;
  readonly onChange: (next: Partial<LandingValues>) => void;
}

const COLUMN_NAMES = [
  ['camelCase', 'As in Graph: displayName'],
  ['snake_case', 'snake_case: display_name'],
] as const satisfies readonly (readonly [NamesSettings['columns'], string])[];

/** How tables and columns are called, and what else the target is asked for. */
export function LandingOptions(props: LandingOptionsProps) {
  const { values, errors, namesLocked, canSoftDelete, recreatesTables, capabilities, throughGateway, onChange } = props;
  return (
    <fieldset className="grid gap-4 rounded-md border p-3">
      <legend className="px-1 text-sm font-medium">Landing options</legend>
      <fieldset disabled={namesLocked !== null} className="grid gap-4 disabled:opacity-60">
        <OptionSelect
          label="Names of columns"
          value={values.columnNames}
          options={COLUMN_NAMES}
          error={errors.columnNames}
          onChange={(columnNames) => onChange({ columnNames: columnNames as LandingValues['columnNames'] })}
        />
        <Field
          label="Prefix of tables and folders"
          hint="Before each name, for example entra_users."
          error={errors.tablePrefix}
          optional
        >
          <Input
            value={values.tablePrefix}
            onChange={(event) => onChange({ tablePrefix: event.target.value })}
            spellCheck={false}
            autoComplete="off"
            className="w-48 font-mono"
          />
        </Field>
        <Field
          label="Other names"
          hint="One a line: users = people for a table, users.mail = email for a column, *.id = entra_id for a column of every dataset."
          error={errors.renames}
          optional
        >
          <textarea
            value={values.renames}
            onChange={(event) => onChange({ renames: event.target.value })}
            rows={3}
            spellCheck={false}
            className="w-full rounded-md border bg-transparent px-3 py-2 font-mono text-xs outline-none focus-visible:ring-2 focus-visible:ring-ring"
          />
        </Field>
      </fieldset>
      {namesLocked === null ? null : <p className="text-xs text-muted-foreground">{namesLocked}</p>}
      {canSoftDelete ? (
        <Switchable
          label="Keep deleted rows"
          hint="Keeps rows that Graph no longer has, with the time in hdr__deleted_at. If a row comes back, this column is empty again."
          checked={values.softDelete}
          onChange={(softDelete) => onChange({ softDelete })}
        />
      ) : null}
      <PublishField
        value={values.publish}
        together={capabilities?.together ?? 'no'}
        throughGateway={throughGateway}
        error={errors.publish}
        onChange={(publish) => onChange({ publish })}
      />
      <RelationFields
        values={values}
        error={errors.relationKeys}
        isPossible={capabilities?.relations === true}
        onChange={onChange}
      />
      <DriftFields drift={values.drift} recreatesTables={recreatesTables} onChange={(drift) => onChange({ drift })} />
    </fieldset>
  );
}
