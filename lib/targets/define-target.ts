import { z } from 'zod';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { landedDefinition } from '#lib/domain/task/landing-names.ts';
import { NO_RELATIONS } from '#lib/domain/task/relations.ts';
import type { TaskTarget } from '#lib/domain/task/task.ts';
import type { OpenedTarget, TargetDefinition, TargetModule, TargetRules } from './target.ts';

/** Creates a module from its definition. Parses settings and secrets, so that the definition only handles its own types. */
export function defineTarget<Settings, Secrets>(definition: TargetDefinition<Settings, Secrets>): TargetModule {
  const { kind, title, summary, methods, capabilities, fields, types, drop, prepare } = definition;
  const entered = z
    .object({ settings: definition.settings, secrets: definition.enteredSecrets ?? definition.secrets })
    .superRefine((value, context) => {
      definition.requireWhole?.(value, (path, message) => context.addIssue({ code: 'custom', path: path.split('.'), message }));
    });
  const open = ({ settings, secrets, builtIn }: TargetAccess, rules: TargetRules): OpenedTarget<Settings, Secrets> => ({
    settings: definition.settings.parse(settings),
    secrets: definition.secrets.parse(secrets),
    builtIn,
    rules,
  });
  return {
    ...{ kind, title, summary, methods, capabilities, fields, types },
    ddl: (datasets, task) => definition.ddl(datasets, task),
    parse: (input) => entered.parse(input),
    location: (settings) => definition.location(definition.settings.parse(settings)),
    reach: (settings) => definition.reach(definition.settings.parse(settings)),
    address: (settings, namespace) => definition.address(definition.settings.parse(settings), namespace),
    roleSql: (settings) => definition.roleSql?.(definition.settings.parse(settings)) ?? null,
    test: async (access, rules, signal) => definition.test(open(access, rules), signal),
    createSink: (access, rules, task, relations = NO_RELATIONS) => definition.createSink(open(access, rules), task, relations),
    readRows: async (access, rules, { task, dataset, page }) =>
      definition.readRows(open(access, rules), task, asLanded(dataset, task), page),
    readChanges: async (access, rules, { task, dataset, filter }) =>
      definition.readChanges(open(access, rules), task, asLanded(dataset, task), filter),
    drop:
      drop === undefined
        ? null
        : async (access, rules, { task, tables, signal }) => drop(open(access, rules), task, tables, signal),
    prepare:
      prepare === undefined
        ? null
        : async (access, rules, { task, datasets, signal }) => prepare(open(access, rules), task, datasets, signal),
  };
}

/** With the names of the target: modules find its table or folder by `name`. */
function asLanded(dataset: DatasetDefinition, task: TaskTarget): DatasetDefinition {
  return landedDefinition(dataset, task.settings.names);
}
