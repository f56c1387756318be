import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { z } from 'zod';
import { isLoopbackHost } from '#lib/platform/http/addresses.ts';
import { type Network, parseNetwork } from '#lib/platform/http/networks.ts';
import type { ProxyConfig } from '#lib/platform/http/proxy.ts';

/** An address of a service, without path: `https://graph.contoso.test:8443`. */
const Origin = z.url().transform((value) => new URL(value).origin);

const Flag = z.enum(['0', '1', 'true', 'false']).transform((value) => value === '1' || value === 'true');

const Json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is not valid JSON' });
    return z.NEVER;
  }
});

/** A URL that receives tokens and secrets: https, or http on this machine only. */
const TokenOrigin = Origin.refine(
  (origin) => origin.startsWith('https:') || (origin.startsWith('http:') && isLoopbackHost(new URL(origin).hostname)),
  'must start with https:// (http:// only for a host of this machine: localhost, 127.0.0.1)',
);

const ExtraCloud = z.object({
  name: z.string().min(1),
  graphOrigin: TokenOrigin,
  authorityOrigin: TokenOrigin,
  signInOrigin: TokenOrigin.exactOptional(),
  caFile: z.string().min(1).exactOptional(),
});

const DemoConnection = z.object({
  clientId: z.string(),
  clientSecret: z.string(),
  graphBaseUrl: z.string(),
  tenant: z.string(),
  username: z.string(),
  password: z.string(),
});

/** Addresses and networks, separated by commas: `127.0.0.1, 10.0.0.0/8`. */
const Networks = z.string().transform((text, context): readonly Network[] => {
  const parts = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const networks = parts.map(parseNetwork).filter((network) => network !== null);
  if (networks.length === parts.length) return networks;
  context.addIssue({ code: 'custom', message: 'is not a list of addresses and networks such as 127.0.0.1, 10.0.0.0/8' });
  return z.NEVER;
});

/** Absolute paths of folders, separated by commas. */
const Folders = z.string().transform((text, context): readonly string[] => {
  const folders = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (folders.every((folder) => isAbsolute(folder))) return folders;
  context.addIssue({ code: 'custom', message: 'is not a list of absolute paths such as /srv/lake, /mnt/exports' });
  return z.NEVER;
});

/** Host names, separated by commas. */
const Hosts = z
  .string()
  .regex(/^[A-Za-z0-9.,\s-]*$/, 'is not a list of host names such as lake.dfs.core.windows.net, s3.eu-central-1.amazonaws.com')
  .transform((text) =>
    text
      .split(',')
      .map((host) => host.trim().toLowerCase())
      .filter((host) => host !== ''),
  );

const Port = z.coerce.number().int().min(1).max(65535);

/** `tenant`, `group:<object id>`, `role:<value>`, separated by commas; lib/auth/entra/entra-admission.ts parses it. */
const EntraAllow = z
  .string()
  .regex(
    /^\s*((tenant|group:[0-9a-f-]{36}|role:[^\s,]+)\s*(,\s*|$))*$/i,
    'must be a list of tenant, group:<object id> and role:<value>, separated by commas',
  );

/** As in curl: a proxy without a scheme is an http proxy. */
const ProxyUrl = z
  .string()
  .transform((text) => (text.includes('://') ? text : `http://${text}`))
  .refine(
    (text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
    'must be the address of a proxy: http://host:port or https://host:port',
  );

/** Receiver of traces: a full URL, as the specification of OpenTelemetry has it. */
const OtlpEndpoint = z.url({ protocol: /^https?$/, error: 'must be the URL of an OTLP receiver: http://collector:4318' });

/** Every variable that Entrada reads. docs/configuration.md documents them; a test compares the two. */
export const EnvSchema = z.object({
  PORT: Port.default(3000),
  ENTRADA_HOST: z.string().min(1).optional(),
  ENTRADA_URL: Origin.optional(),
  ENTRADA_SERVER: Origin.optional(),
  ENTRADA_TOKEN: z.string().min(1).optional(),
  ENTRADA_DATA_DIR: z.string().min(1).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ENTRADA_LANDING_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ENTRADA_LANDING_READER_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  ENTRADA_LAKE_DIR: z.string().min(1).optional(),
  ENTRADA_LAKE_ROOTS: Folders.default([]),
  ENTRADA_TARGET_NETWORKS: Networks.default([]),
  ENTRADA_TARGET_IDENTITY_HOSTS: Hosts.default([]),
  ENTRADA_NOTIFICATION_NETWORKS: Networks.default([]),
  ENTRADA_SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be smtp://user:password@host:port or smtps://…' }).optional(),
  ENTRADA_SMTP_FROM: z.string().min(3).optional(),
  ENTRADA_LAKE_GROUP_READS: Flag.default(false),
  ENTRADA_ADMIN_EMAIL: z.email().optional(),
  /** Its length is checked only when the account is created, so that an installation with an account still starts. */
  ENTRADA_ADMIN_PASSWORD: z.string().optional(),
  ENTRADA_SESSION_HOURS: z.coerce.number().min(0.1).max(720).default(12),
  ENTRADA_SESSION_IDLE_MINUTES: z.coerce.number().min(1).max(43_200).default(120),
  ENTRADA_TRUSTED_PROXIES: Networks.default([]),
  ENTRADA_DEMO: Flag.default(true),
  ENTRADA_DEMO_PORT: Port.optional(),
  ENTRADA_DEMO_TLS_PORT: Port.optional(),
  ENTRADA_DEMO_USERS: z.coerce.number().int().min(10).max(5_000_000).default(3000),
  ENTRADA_DEMO_CONNECTION: Json.pipe(DemoConnection).optional(),
  ENTRADA_SECRET_KEY: z.string().optional(),
  ENTRADA_SECRET_KEY_FILE: z.string().min(1).optional(),
  ENTRADA_EXTRA_CLOUDS: Json.pipe(z.array(ExtraCloud)).default([]),
  ENTRADA_EXTRA_CA_FILE: z.string().optional(),
  HTTPS_PROXY: ProxyUrl.optional(),
  HTTP_PROXY: ProxyUrl.optional(),
  NO_PROXY: z.string().optional(),
  ENTRADA_GATEWAY_SERVER: z.string().min(1).optional(),
  ENTRADA_GATEWAY_KEY_FILE: z.string().min(1).optional(),
  ENTRADA_GATEWAY_DATA_DIR: z.string().min(1).optional(),
  ENTRADA_WORKERS: z.coerce.number().int().min(0).max(64).default(1),
  ENTRADA_RUNS_AT_ONCE: z.coerce.number().int().min(1).max(32).default(4),
  ENTRADA_DATASETS_AT_ONCE: z.coerce.number().int().min(1).max(32).default(4),
  ENTRADA_WEB_HEAP: z.enum(['small', 'large']).default('small'),
  ENTRADA_METRICS_PORT: Port.optional(),
  ENTRADA_METRICS_HOST: z.string().min(1).default('127.0.0.1'),
  OTEL_SDK_DISABLED: Flag.default(false),
  OTEL_TRACES_EXPORTER: z.string().optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: OtlpEndpoint.optional(),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: OtlpEndpoint.optional(),
  OTEL_EXPORTER_OTLP_PROTOCOL: z.string().optional(),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: z.string().optional(),
  ENTRADA_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('warn'),
  AUTH_SECRET: z.string().min(32, 'must have at least 32 characters').optional(),
  AUTH_MICROSOFT_ENTRA_ID_ID: z.string().optional(),
  AUTH_MICROSOFT_ENTRA_ID_SECRET: z.string().optional(),
  AUTH_MICROSOFT_ENTRA_ID_ISSUER: z.url().optional(),
  ENTRADA_ENTRA_ALLOW: EntraAllow.default(''),
  ENTRADA_ENTRA_GUESTS: Flag.default(false),
});

export type RawEnv = z.infer<typeof EnvSchema>;

/** The environment with its defaults applied. */
export interface Env extends RawEnv {
  /** Where people reach the app, without trailing slash. */
  readonly baseUrl: string;
  /** Absolute. */
  readonly dataDir: string;
  /** Absolute. */
  readonly lakeDir: string;
  /** Data folder of a data gateway that runs here. Absolute. */
  readonly gatewayDataDir: string;
  readonly demoPort: number;
  readonly demoTlsPort: number;
}

/** The environment is not valid; the message names each variable. */
export class EnvError extends Error {
  override readonly name = 'EnvError';
}

/**
 * Parses the environment. Empty values count as absent.
 * @throws EnvError that names every wrong variable without its value, which may be a secret.
 */
export function parseEnv(source: Readonly<Record<string, string | undefined>>): Env {
  const present = Object.fromEntries(
    Object.entries(withProxies(source)).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = EnvSchema.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
    throw new EnvError(`Environment variables are not valid (docs/configuration.md lists all of them):\n${lines.join('\n')}`);
  }
  const env = parsed.data;
  const dataDir = resolve(env.ENTRADA_DATA_DIR ?? defaultDataDir());
  return {
    ...env,
    baseUrl: env.ENTRADA_URL ?? `http://localhost:${env.PORT}`,
    dataDir,
    lakeDir: resolve(/*turbopackIgnore: true*/ env.ENTRADA_LAKE_DIR ?? join(dataDir, 'lake')),
    gatewayDataDir: resolve(/*turbopackIgnore: true*/ env.ENTRADA_GATEWAY_DATA_DIR ?? `${defaultDataDir()}-gateway`),
    demoPort: env.ENTRADA_DEMO_PORT ?? env.PORT + 1,
    demoTlsPort: env.ENTRADA_DEMO_TLS_PORT ?? env.PORT + 2,
  };
}

/** Proxy variables may be lower case, which takes precedence (curl manual, "Environment"). */
function withProxies(source: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string | undefined>> {
  const named = (['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY'] as const).map((name) => [
    name,
    source[name.toLowerCase()] || source[name],
  ]);
  return { ...source, ...Object.fromEntries(named) };
}

/** The proxy of the environment, for https requests: HTTPS_PROXY, else HTTP_PROXY; null when there is none. */
export function proxyOf(settings: Pick<Env, 'HTTPS_PROXY' | 'HTTP_PROXY' | 'NO_PROXY'>): ProxyConfig | null {
  const url = settings.HTTPS_PROXY ?? settings.HTTP_PROXY;
  return url === undefined ? null : { url, noProxy: settings.NO_PROXY ?? '' };
}

/** PostgreSQL refuses to run as root and can't enter a private home folder: root's data folder is in /var/lib. */
function defaultDataDir(): string {
  return process.getuid?.() === 0 ? '/var/lib/entrada' : join(homedir(), '.entrada');
}

let parsed: Env | undefined;

/** The environment of this process, parsed once. The only place that reads `process.env`. */
export function env(): Env {
  parsed ??= parseEnv(process.env);
  return parsed;
}
