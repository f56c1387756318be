import type { Problem } from '#lib/domain/problem.ts';
import type { TargetDetailDto, TargetField, TargetKindDto } from '#lib/domain/target/target.ts';

/** The form's input, by the names of the fields. */
export type TargetFormValues = Readonly<Record<string, string>>;

export interface EnteredValues {
  readonly settings: Readonly<Record<string, string | number>>;
  readonly secrets: Readonly<Record<string, string>>;
}

/** Initial input of the form of a kind: the settings of an existing target, else the defaults. Secrets are always empty. */
export function startValues({ fields }: TargetKindDto, target?: Pick<TargetDetailDto, 'settings'>): TargetFormValues {
  return Object.fromEntries(
    fields.map(({ name, secret, initial, options }) => {
      const stored = secret ? undefined : target?.settings[name];
      return [name, stored == null ? (initial ?? options?.[0]?.value ?? '') : String(stored)];
    }),
  );
}

/**
 * The fields of a connection string that was pasted as the host; null when it is none, or the form lacks such fields.
 * Parameters other than `sslmode` have no field.
 */
export function splitUrl(fields: readonly TargetField[], text: string): TargetFormValues | null {
  const url = /^[a-z]+:\/\//i.test(text.trim()) ? URL.parse(text.trim()) : null;
  if (url === null || !fields.some(({ name }) => name === 'host')) return null;
  const parts = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    database: decodeURIComponent(url.pathname.slice(1)),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    tls: url.searchParams.get('sslmode') ?? '',
  };
  const options = fields.find(({ name }) => name === 'tls')?.options?.map(({ value }) => value) ?? [];
  return Object.fromEntries(
    Object.entries(parts).filter(
      ([name, part]) => part !== '' && fields.some((field) => field.name === name) && (name !== 'tls' || options.includes(part)),
    ),
  );
}

/** The fields that apply with these values: some depend on a choice in another field. */
export function shownFields(fields: readonly TargetField[], values: TargetFormValues): readonly TargetField[] {
  return fields.filter(({ when }) => when === undefined || when.values.includes(values[when.field] ?? ''));
}

/** Settings and secrets as input of the service; the service refuses invalid numbers. */
export function enteredValues(all: readonly TargetField[], values: TargetFormValues): EnteredValues {
  const fields = shownFields(all, values);
  const of = (secret: boolean) => fields.filter((field) => field.secret === secret);
  const settings = of(false).map(({ name, input }) => [name, input === 'number' ? toNumber(values[name]) : (values[name] ?? '')]);
  const secrets = of(true).map(({ name }) => [name, values[name] ?? '']);
  return {
    settings: Object.fromEntries(settings) as EnteredValues['settings'],
    secrets: Object.fromEntries(secrets) as EnteredValues['secrets'],
  };
}

function toNumber(text = ''): number | string {
  return /^\s*\d+\s*$/.test(text) ? Number(text) : text;
}

/** The field of a problem: a field's own name, `name`, or null. */
export function fieldOf(problem: Problem): string | null {
  return problem.field?.split('.').at(-1) ?? null;
}

/** The problem's message without the field's label, which the form shows already. */
export function messageOf(problem: Problem, label: string): string {
  const title = problem.title.startsWith(`${label}: `) ? problem.title.slice(label.length + 2) : problem.title;
  return [title, problem.remedy].filter(Boolean).join(' ');
}
