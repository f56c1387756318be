import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import type { TargetCapabilities, TargetDetailDto, TargetDto, TargetKindDto, TargetTest } from '#lib/domain/target/target.ts';
import { UpdateMethod } from '#lib/domain/task/update-method.ts';
import { GatewayRefSchema } from './schemas.ts';

const Check = z.object({
  name: z.string(),
  title: z.string(),
  passed: z.boolean(),
  detail: z.string().nullable(),
  remedy: z.string().nullable(),
});

export const TargetTestSchema = z.object({ passed: z.boolean(), checks: z.array(Check) }) satisfies z.ZodType<TargetTest>;

const Capabilities = z.object({
  ...{ atomicSwap: z.boolean(), merge: z.boolean(), files: z.boolean(), conditionalPut: z.boolean() },
  softDelete: z.boolean().describe('Rows that the source no longer has can be kept, with the time in hdr__deleted_at.'),
  together: z
    .enum(['at-once', 'in-turn', 'no'])
    .describe('All datasets of a run can be published at its end: in one step, or one directly after the other.'),
  relations: z.boolean().describe('Foreign keys, comments and views can show how the tables of a task belong together.'),
}) satisfies z.ZodType<TargetCapabilities>;

export const TargetSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  kindTitle: z.string(),
  builtIn: z.boolean(),
  location: z.string(),
  methods: z.array(UpdateMethod),
  capabilities: Capabilities,
  taskCount: z.number().int().min(0),
  gateway: GatewayRefSchema.nullable().describe('The data gateway that reaches the target; null: the server.'),
  lastTest: TargetTestSchema.extend({ at: z.iso.datetime() }).nullable(),
}) satisfies z.ZodType<TargetDto>;

export const TargetDetailSchema = TargetSchema.extend({
  settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  roleSql: z
    .string()
    .nullable()
    .describe(
      'SQL that creates a role with the least rights, for an administrator of the database; null for kinds without such SQL.',
    ),
  tasks: z.array(z.object({ id: idSchema('task'), name: z.string() })),
}) satisfies z.ZodType<TargetDetailDto>;

export const TargetKindSchema = z.object({
  kind: z.string(),
  title: z.string(),
  summary: z.string(),
  methods: z.array(UpdateMethod),
  capabilities: Capabilities,
  fields: z.array(
    z.object({
      name: z.string(),
      label: z.string(),
      input: z.enum(['text', 'password', 'number', 'choice', 'lines']),
      secret: z.boolean(),
      options: z.array(z.object({ value: z.string(), label: z.string() })).exactOptional(),
      hint: z.string().exactOptional(),
      optional: z.boolean().exactOptional(),
      when: z.object({ field: z.string(), values: z.array(z.string()) }).exactOptional(),
      placeholder: z.string().exactOptional(),
      initial: z.string().exactOptional(),
    }),
  ),
}) satisfies z.ZodType<TargetKindDto>;
