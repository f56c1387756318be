'use client';

import Link from 'next/link';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { RadioCard } from '#components/ui/form/radio-card.tsx';
import type { TargetDto } from '#lib/domain/target/target.ts';
import { METHOD_WRITES, NAMESPACE_LABEL, UPDATE_METHOD_LABEL, type UpdateMethod } from '#lib/domain/task/update-method.ts';
import { WHEN_EXISTS_LABEL } from '../../_components/setting-labels.ts';
import { type FolderExample, FolderField } from './folder-field.tsx';
import { LakeFields, LakeTableFields } from './lake-fields.tsx';
import { Switchable } from './setting-inputs.tsx';
import { methodsOf, type TaskFormErrors, type TaskFormValues } from './task-form-values.ts';

interface TargetFieldsProps {
  readonly values: TaskFormValues;
  readonly errors: TaskFormErrors;
  readonly targets: readonly TargetDto[];
  /** The only method that can be chosen; absent: all methods of the target. */
  readonly lockedMethod?: UpdateMethod | undefined;
  readonly folderExample: FolderExample;
  readonly onChange: (next: Partial<TaskFormValues>) => void;
}

type MethodFieldsProps = Omit<TargetFieldsProps, 'targets' | 'lockedMethod' | 'folderExample'>;

const METHOD_WORDS = {
  'reload-and-compare': 'Compares the rows with the landed table by key. Applies and records inserts, updates and deletes.',
  'full-load': 'Loads all rows beside the live table, then swaps the tables. Readers see the old or the new table.',
  'reload-and-compare-files':
    'Compares the rows with the table in the lake by key. Writes the files with changes again, and a file that lists the changes.',
  reload: 'Writes a new version of the folder. When the version is complete, the file latest names it.',
} satisfies Record<UpdateMethod, string>;

const UNREADABLE_ROWS = [
  ['stop', 'Stop the dataset'],
  ['set-aside', 'Set aside and continue'],
] as const;

const UNREADABLE_ROWS_HINT = {
  stop: 'If a value has another type than its column, or a property is repeated, nothing of the dataset is published.',
  'set-aside': 'Such rows go to a table or folder that ends in __rejected, with the reason. Landed rows with the same key stay.',
} as const;

/** Target, update method, namespace, and the settings of the method. */
export function TargetFields({ values, errors, targets, lockedMethod, folderExample, onChange }: TargetFieldsProps) {
  const writes = METHOD_WRITES[values.method];
  const target = targets.find((candidate) => candidate.id === values.targetId);
  return (
    <>
      <OptionSelect
        label="Target"
        value={values.targetId}
        options={targets.map(({ id, name }) => [id, name])}
        hint={target?.location}
        error={errors.targetId}
        onChange={(targetId) => onChange({ targetId })}
      />
      <Link
        href="/targets/new"
        className="-mt-2 w-fit rounded-sm text-xs text-primary underline underline-offset-2 outline-none focus-visible:ring-2 focus-visible:ring-ring"
      >
        Create another target
      </Link>
      <fieldset>
        <legend className="mb-1.5 text-sm font-medium">Update method</legend>
        <div className="grid gap-2">
          {methodsOf(targets, values.targetId).map((method) => (
            <RadioCard
              key={method}
              name="method"
              value={method}
              title={UPDATE_METHOD_LABEL[method]}
              description={METHOD_WORDS[method]}
              checked={values.method === method}
              disabled={lockedMethod !== undefined && lockedMethod !== method}
              onChoose={() => onChange({ method })}
            />
          ))}
        </div>
        {errors.method === undefined ? null : (
          <p role="alert" className="mt-1.5 text-xs text-destructive">
            {errors.method}
          </p>
        )}
      </fieldset>
      {writes === 'files' ? (
        <FolderField values={values} errors={errors} example={folderExample} onChange={onChange} />
      ) : (
        <Field
          label={NAMESPACE_LABEL[writes]}
          error={errors.namespace}
          hint="Schema in the database; each dataset becomes a table of its name there."
        >
          <Input
            value={values.namespace}
            onChange={(event) => onChange({ namespace: event.target.value })}
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
        </Field>
      )}
      <MethodSettings values={values} errors={errors} onChange={onChange} />
      <OptionSelect
        label="Rows that cannot be stored"
        value={values.unreadableRows}
        options={UNREADABLE_ROWS}
        hint={UNREADABLE_ROWS_HINT[values.unreadableRows]}
        error={errors.unreadableRows}
        onChange={(unreadableRows) => onChange({ unreadableRows: unreadableRows as TaskFormValues['unreadableRows'] })}
      />
    </>
  );
}

function MethodSettings({ values, errors, onChange }: MethodFieldsProps) {
  switch (values.method) {
    case 'reload-and-compare':
      return <CompareSettings values={values} errors={errors} onChange={onChange} />;
    case 'full-load':
      return (
        <OptionSelect
          label="When the table exists"
          value={values.whenTableExists}
          options={Object.entries(WHEN_EXISTS_LABEL)}
          error={errors.whenTableExists}
          onChange={(whenTableExists) => onChange({ whenTableExists: whenTableExists as TaskFormValues['whenTableExists'] })}
        />
      );
    case 'reload':
      return <LakeFields values={values} errors={errors} onChange={onChange} />;
    case 'reload-and-compare-files':
      return (
        <>
          <LakeTableFields values={values} errors={errors} onChange={onChange} />
          <DeleteShareField values={values} errors={errors} onChange={onChange} />
        </>
      );
  }
}

function CompareSettings({ values, errors, onChange }: MethodFieldsProps) {
  return (
    <>
      <Switchable
        label="Read only changes since the last run"
        hint="With delta query, where Graph supports it: users, groups, applications, devices and others. Other datasets are read completely."
        checked={values.incremental}
        onChange={(incremental) => onChange({ incremental })}
      />
      {values.incremental ? (
        <Field
          label="Read and compare everything every (days)"
          hint="Checks the changes that delta query reported. The run corrects and lists the rows that delta query missed."
          error={errors.fullCompareDays}
        >
          <Input
            inputMode="numeric"
            value={values.fullCompareDays}
            onChange={(event) => onChange({ fullCompareDays: event.target.value })}
            className="w-24"
          />
        </Field>
      ) : null}
      <DeleteShareField values={values} errors={errors} onChange={onChange} />
      <Switchable
        label="Keep history"
        hint="A table that ends in __history has every version of every row with its validity. A view that ends in __current has the current versions."
        checked={values.history}
        onChange={(history) => onChange({ history })}
      />
    </>
  );
}

function DeleteShareField({ values, errors, onChange }: MethodFieldsProps) {
  return (
    <Field label="Stop and ask when a run would delete more than (percent of the rows)" error={errors.deleteShare}>
      <Input
        inputMode="numeric"
        value={values.deleteShare}
        onChange={(event) => onChange({ deleteShare: event.target.value })}
        className="w-24"
      />
    </Field>
  );
}
