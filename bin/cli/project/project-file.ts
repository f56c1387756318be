import { z } from 'zod';
import {
  ConnectionName,
  ConnectionSettingsInput,
  CredentialKind,
  SecretExpiresOn,
  SignInMethod,
} from '#lib/domain/connection/connection.ts';
import { GatewayDescription, GatewayName } from '#lib/domain/gateway/gateway.ts';
import { MetadataFile } from '#lib/domain/metadata/metadata-file.ts';
import { ChannelKind, ChannelName, ChannelTarget } from '#lib/domain/notification/channel.ts';
import { RuleInput } from '#lib/domain/notification/rule.ts';
import { MissedRuns, ScheduleRule } from '#lib/domain/schedule/schedule-rule.ts';
import { TargetName } from '#lib/domain/target/target.ts';
import { GatewayWaitMinutes, LakeCompareSettings, LakeSettings, LandingSettings, TaskName } from '#lib/domain/task/task.ts';

/** A secret is never in the file: it names an environment variable. `${NAME:-}` is empty where the variable is not set. */
export const SECRET_REFERENCE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)(:-)?\}$/;

// biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a reference
const EXAMPLE = '${CONTOSO_CLIENT_SECRET}';

const Secret = z
  .string()
  .regex(
    SECRET_REFERENCE,
    `A secret does not belong in this file. Write the name of an environment variable that contains it, for example ${EXAMPLE}.`,
  );

/** Through what something is reached; neither: the server itself. */
const Reached = { gateway: GatewayName.nullable().default(null), gatewayGroup: GatewayName.nullable().default(null) };

const FileGateway = z.strictObject({
  name: GatewayName,
  description: GatewayDescription,
  allowPreviews: z.boolean().default(true),
  allowLandedRows: z.boolean().default(true),
});

const FileGatewayGroup = z.strictObject({
  name: GatewayName,
  description: GatewayDescription,
  gateways: z.array(GatewayName).max(100).default([]),
});

const { clientId, graphBaseUrl, tenant } = ConnectionSettingsInput.shape;

const FileConnection = z
  .strictObject({
    name: ConnectionName,
    signIn: SignInMethod.default('delegated'),
    clientId,
    tenant,
    graphBaseUrl,
    credential: CredentialKind.default('secret'),
    clientSecret: Secret.optional(),
    /** A certificate with its private key, PEM. */
    certificate: Secret.optional(),
    secretExpiresOn: SecretExpiresOn,
    ...Reached,
    metadata: z
      .union([MetadataFile, z.string().min(1)])
      .optional()
      .describe('Datasets in the format of docs/metadata-format.md, or the name of a file in the folder of this file.'),
  })
  .superRefine((connection, context) => {
    const key = connection.credential === 'secret' ? 'clientSecret' : 'certificate';
    if (connection[key] !== undefined) return;
    context.addIssue({
      code: 'custom',
      path: [key],
      message: `Write the name of the environment variable that contains the secret, for example ${EXAMPLE}.`,
    });
  });

const Value = z.union([z.string().max(65_536), z.number(), z.boolean(), z.null()]);

const FileTarget = z.strictObject({
  name: TargetName,
  kind: z.string().min(1).describe('One of the kinds that `entrada targets kinds` lists.'),
  settings: z.record(z.string(), Value).default({}),
  secrets: z.record(z.string(), Secret).default({}),
  ...Reached,
});

const { states } = ScheduleRule.options[7].shape;
const [minutes, hourly, daily, monthly, weekly, cron, rrule] = ScheduleRule.options;
const FileRule = z.discriminatedUnion('kind', [
  minutes.strict(),
  hourly.strict(),
  daily.strict(),
  monthly.strict(),
  weekly.strict(),
  cron.strict(),
  rrule.strict(),
  z.strictObject({ kind: z.literal('event'), afterTask: TaskName, states }),
]);

const FileSchedule = z.strictObject({
  rule: FileRule,
  timeZone: z.string().trim().min(1).max(64).describe('IANA name, for example Europe/Berlin.'),
  missedRuns: MissedRuns.default('run-once'),
  enabled: z.boolean().default(true),
});

const OF_EVERY_TASK = {
  name: TaskName,
  connection: ConnectionName,
  target: TargetName,
  datasets: z.array(z.string().min(1)).min(1, 'Choose at least one dataset.').max(500),
  gatewayWaitMinutes: GatewayWaitMinutes.default(60),
  paused: z.boolean().default(false),
  schedule: FileSchedule.nullable().optional().describe('Null: no schedule. Absent: the schedule is not changed.'),
};
const FileTask = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('reload-and-compare'), settings: LandingSettings.strict(), ...OF_EVERY_TASK }),
  z.strictObject({ method: z.literal('full-load'), settings: LandingSettings.strict(), ...OF_EVERY_TASK }),
  z.strictObject({ method: z.literal('reload'), settings: LakeSettings, ...OF_EVERY_TASK }),
  z.strictObject({ method: z.literal('reload-and-compare-files'), settings: LakeCompareSettings, ...OF_EVERY_TASK }),
]);

const { to } = ChannelTarget.options[3].shape;
const FileChannel = z
  .strictObject({
    name: ChannelName,
    kind: ChannelKind,
    enabled: z.boolean().default(true),
    url: Secret.optional().describe('The URL of a webhook is a secret: anyone who knows it can post there.'),
    to: to.optional(),
  })
  .superRefine((channel, context) => {
    const key = channel.kind === 'email' ? 'to' : 'url';
    if (channel[key] !== undefined) return;
    const message =
      key === 'to' ? 'Enter the receivers of the e-mail.' : 'Write the name of the environment variable that contains the URL.';
    context.addIssue({ code: 'custom', path: [key], message });
  });

const FileNotificationRule = RuleInput.omit({ connectionId: true, taskId: true, channelIds: true })
  .extend({
    connection: ConnectionName.nullable().default(null),
    task: TaskName.nullable().default(null),
    channels: z.array(ChannelName).max(50).default([]),
  })
  .strict();

function named<T extends z.ZodType<{ readonly name: string }>>(item: T) {
  return z.array(item).superRefine((items, context) => {
    const seen = new Set<string>();
    items.forEach(({ name }, index) => {
      if (seen.has(name))
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `Two entries have the name ${name}. Use different names.`,
        });
      seen.add(name);
    });
  });
}

/** A project as `entrada export` writes it. A section that is left out is not looked at. */
export const ProjectFile = z.strictObject({
  format: z.literal('entrada-project', 'This is not a project file: "format" is not "entrada-project".'),
  version: z.literal(1, 'This version of Entrada reads only version 1 of the format.'),
  gateways: named(FileGateway).optional(),
  gatewayGroups: named(FileGatewayGroup).optional(),
  connections: named(FileConnection).optional(),
  targets: named(FileTarget).optional(),
  tasks: named(FileTask).optional(),
  notificationChannels: named(FileChannel).optional(),
  notificationRules: named(FileNotificationRule).optional(),
});
export type ProjectFile = z.output<typeof ProjectFile>;

/** The schema of the file (JSON Schema 2020-12), for editors and checks. */
export function projectJsonSchema(): object {
  const schema = z.toJSONSchema(ProjectFile, { io: 'input', target: 'draft-2020-12', unrepresentable: 'any' });
  return { title: 'Entrada project', ...schema };
}
