import { readFileSync } from 'node:fs';
import type { MailAccess } from '#lib/domain/notification/channel.ts';
import { MICROSOFT_CLOUDS } from '#lib/entra/clouds.ts';
import type { DeliveryConfig } from '#lib/notification/delivery-config.ts';
import { type Env, proxyOf } from '#lib/platform/config/env.ts';
import type { ServiceConfig } from './context.ts';

/** The part of the environment that services need. */
export function serviceConfig(env: Env): ServiceConfig {
  return {
    baseUrl: env.baseUrl,
    demo: env.ENTRADA_DEMO_CONNECTION ?? null,
    clouds: [...MICROSOFT_CLOUDS, ...env.ENTRADA_EXTRA_CLOUDS],
    sessionLimits: {
      absoluteMs: env.ENTRADA_SESSION_HOURS * 3_600_000,
      idleMs: env.ENTRADA_SESSION_IDLE_MINUTES * 60_000,
    },
    delivery: deliveryConfig(env),
  };
}

/** How notifications are sent, from the environment. */
export function deliveryConfig(env: Env): DeliveryConfig {
  return {
    networks: env.ENTRADA_NOTIFICATION_NETWORKS,
    caPem: env.ENTRADA_EXTRA_CA_FILE === undefined ? null : readFileSync(env.ENTRADA_EXTRA_CA_FILE, 'utf8'),
    proxy: proxyOf(env),
    mail: env.ENTRADA_SMTP_URL === undefined ? null : mailOf(env, new URL(env.ENTRADA_SMTP_URL)),
  };
}

/** `smtps:` uses TLS from the first byte (RFC 8314, section 3.3); `smtp:` requires STARTTLS, unless `?tls=none` is set. */
function mailOf(env: Env, url: URL): MailAccess {
  const isTls = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: url.port === '' ? (isTls ? 465 : 587) : Number(url.port),
    tls: isTls ? 'tls' : url.searchParams.get('tls') === 'none' ? 'none' : 'starttls',
    user: url.username === '' ? null : decodeURIComponent(url.username),
    password: url.password === '' ? null : decodeURIComponent(url.password),
    sender: env.ENTRADA_SMTP_FROM ?? `Entrada <entrada@${host}>`,
  };
}
