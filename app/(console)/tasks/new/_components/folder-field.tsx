import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { OptionSelect } from '#components/ui/form/option-select.tsx';
import { datasetFolder, exampleFolder, isDatedFolder, versionFolder } from '#lib/domain/task/lake-folder.ts';
import { folderOf, type TaskFormErrors, type TaskFormValues } from './task-form-values.ts';

/** What the example of a path is made of. */
export interface FolderExample {
  readonly connection: string;
  /** Name of a chosen dataset. */
  readonly dataset: string;
  /** Where an existing task writes with this folder; later names move nothing. */
  readonly present?: { readonly folder: string; readonly namespace: string };
}

interface FolderFieldProps {
  readonly values: TaskFormValues;
  readonly errors: TaskFormErrors;
  readonly example: FolderExample;
  readonly onChange: (next: Partial<TaskFormValues>) => void;
}

const CHOICES = [
  ['task', 'Connection and task'],
  ['root', 'Root of the target'],
  ['custom', 'Custom'],
] as const;

const CHOICE_HINT = {
  task: 'Each task has a folder, inside the folder of its connection.',
  root: 'The datasets of this task are directly in the target.',
  custom: undefined,
} as const;

/** The folder of a task in a lake, with an example of a path. */
export function FolderField({ values, errors, example, onChange }: FolderFieldProps) {
  const { folderChoice } = values;
  const path = errors.folder === undefined ? examplePath(values, example) : null;
  return (
    <div className="grid gap-3">
      <OptionSelect
        label="Folder"
        value={folderChoice}
        options={CHOICES}
        hint={CHOICE_HINT[folderChoice]}
        error={folderChoice === 'custom' ? undefined : errors.folder}
        onChange={(choice) => onChange({ folderChoice: choice as TaskFormValues['folderChoice'] })}
      />
      {folderChoice === 'custom' ? (
        <Field
          label="Path of the folder"
          error={errors.folder}
          hint="Entrada replaces {connection}, {task} and {dataset} by names. {dataset}/{date} at the end puts each version into a folder for its day (UTC). Without {dataset}, each dataset has a subfolder with its name."
        >
          <Input
            value={values.folder}
            onChange={(event) => onChange({ folder: event.target.value })}
            placeholder="exports/{dataset}/{date}"
            spellCheck={false}
            autoComplete="off"
            className="font-mono"
          />
        </Field>
      ) : null}
      {path === null ? null : (
        <p className="text-xs text-muted-foreground">
          Example: <code className="font-mono break-all text-foreground">{path}</code>
        </p>
      )}
    </div>
  );
}

/** Six o'clock today: the same on the server and in the browser. */
function exampleTime(): Date {
  const now = Date.now();
  return new Date(now - (now % 86_400_000) + 6 * 3_600_000);
}

function examplePath(values: TaskFormValues, { connection, dataset, present }: FolderExample): string {
  const folder = folderOf(values);
  const now = exampleTime();
  const names = { connection, task: values.name };
  if (folder !== present?.folder) return exampleFolder(folder, names, { dataset, now });
  return `${datasetFolder(present.namespace, dataset)}/${versionFolder(now, 'run_…', isDatedFolder(present.namespace))}`;
}
