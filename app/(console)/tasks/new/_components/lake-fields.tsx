'use client';

import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { FORMAT_LABEL, TABLES_LABEL } from '../../_components/setting-labels.ts';
import { Switchable } from './setting-inputs.tsx';
import { comparedTables, type TaskFormErrors, type TaskFormValues } from './task-form-values.ts';

interface LakeFieldsProps {
  readonly values: TaskFormValues;
  readonly errors: TaskFormErrors;
  readonly onChange: (next: Partial<TaskFormValues>) => void;
}

const COMPRESSIONS = [
  ['none', 'None'],
  ['gzip', 'gzip'],
  ['zstd', 'Zstandard'],
] as const;

const DELIMITERS = [
  [',', 'Comma'],
  [';', 'Semicolon'],
  ['\t', 'Tab'],
  ['|', 'Vertical bar'],
] as const;

const QUOTES = [
  ['"', 'Double quotes'],
  ["'", 'Single quotes'],
] as const;

/** Format, tables and retention of a reload into files. */
export function LakeFields({ values, errors, onChange }: LakeFieldsProps) {
  return (
    <>
      <OptionSelect
        label="Format"
        value={values.format}
        options={Object.entries(FORMAT_LABEL)}
        error={errors.format}
        onChange={(format) => onChange({ format: format as TaskFormValues['format'] })}
      />
      {values.format === 'parquet' ? (
        <OptionSelect
          label="Tables over the files"
          value={values.tables}
          options={Object.entries(TABLES_LABEL)}
          hint="Each reload is one snapshot of the table. The table stores JSON and times of day as text."
          error={errors.tables}
          onChange={(tables) => onChange({ tables: tables as TaskFormValues['tables'] })}
        />
      ) : (
        <OptionSelect
          label="Compression"
          value={values.compression}
          options={COMPRESSIONS}
          error={errors.compression}
          onChange={(compression) => onChange({ compression: compression as TaskFormValues['compression'] })}
        />
      )}
      {values.format === 'csv' ? <CsvFields values={values} errors={errors} onChange={onChange} /> : null}
      <SizeAndRetentionFields values={values} errors={errors} onChange={onChange} />
      <Switchable
        label="Metadata files for Qlik"
        hint="Writes a .dfm file with columns and rows for each file."
        checked={values.dfm}
        onChange={(dfm) => onChange({ dfm })}
      />
    </>
  );
}

/** Tables and retention of a reload that compares. */
export function LakeTableFields({ values, errors, onChange }: LakeFieldsProps) {
  return (
    <>
      <OptionSelect
        label="Tables over the files"
        value={comparedTables(values.tables)}
        options={Object.entries(TABLES_LABEL).filter(([tables]) => tables !== 'files')}
        hint="Each reload is one snapshot of the table. The table stores JSON and times of day as text."
        error={errors.tables}
        onChange={(tables) => onChange({ tables: tables as TaskFormValues['tables'] })}
      />
      <SizeAndRetentionFields values={values} errors={errors} onChange={onChange} />
    </>
  );
}

function SizeAndRetentionFields({ values, errors, onChange }: LakeFieldsProps) {
  return (
    <>
      <Field
        label="Size of a file at most (MiB)"
        hint="Approximate: based on the size of the rows as Parquet."
        error={errors.fileMebibytes}
      >
        <Input
          inputMode="numeric"
          value={values.fileMebibytes}
          onChange={(event) => onChange({ fileMebibytes: event.target.value })}
          className="w-24"
        />
      </Field>
      <Field label="Older versions kept" error={errors.versionsKept}>
        <Input
          inputMode="numeric"
          value={values.versionsKept}
          onChange={(event) => onChange({ versionsKept: event.target.value })}
          className="w-24"
        />
      </Field>
      <Field label="Remove older versions after (days)" error={errors.versionDaysKept} optional>
        <Input
          inputMode="numeric"
          value={values.versionDaysKept}
          onChange={(event) => onChange({ versionDaysKept: event.target.value })}
          className="w-24"
        />
      </Field>
    </>
  );
}

function CsvFields({ values, errors, onChange }: LakeFieldsProps) {
  return (
    <>
      <OptionSelect
        label="Delimiter"
        value={values.delimiter}
        options={DELIMITERS}
        error={errors.delimiter}
        onChange={(delimiter) => onChange({ delimiter: delimiter as TaskFormValues['delimiter'] })}
      />
      <OptionSelect
        label="Quotes"
        value={values.quote}
        options={QUOTES}
        error={errors.quote}
        onChange={(quote) => onChange({ quote: quote as TaskFormValues['quote'] })}
      />
      <Field
        label="Text for no value"
        hint="If empty: nothing between two delimiters for no value, and quotes for an empty text."
        error={errors.nullText}
        optional
      >
        <Input
          value={values.nullText}
          onChange={(event) => onChange({ nullText: event.target.value })}
          className="w-24 font-mono"
        />
      </Field>
      <Switchable
        label="Column names in the first line"
        hint="Without this line, only the manifest has the column names."
        checked={values.header}
        onChange={(header) => onChange({ header })}
      />
      {values.compression === 'none' ? (
        <Switchable
          label="Byte order mark"
          hint="Excel then reads the file as UTF-8."
          checked={values.bom}
          onChange={(bom) => onChange({ bom })}
        />
      ) : null}
      <Switchable
        label="Guard against formulas"
        hint="Puts an apostrophe before texts that begin with = + - or @, so that a spreadsheet does not execute them as formulas."
        checked={values.formulaGuard}
        onChange={(formulaGuard) => onChange({ formulaGuard })}
      />
    </>
  );
}
