import { z } from 'zod';
import type { EmulatorResponse } from '../../contract.ts';
import { Occurrence } from './occurrences.ts';

/**
 * Answer of an intermediary instead of the service.
 * - `page`: 200 with the page of a captive portal or a filter.
 * - `json-type`: the same page with the content type of JSON, as from rewriting proxies.
 * - `redirect`: 302 to a portal's sign-in page on another host.
 * - `proxy-sign-in`: 407, the proxy requires credentials (RFC 9110 section 15.5.8).
 * - `network-sign-in`: 511, the network requires a sign-in (RFC 6585 section 6).
 * - `gateway`: 502 with a page, as from a load balancer.
 */
export const IntermediaryAnswer = z.enum(['page', 'json-type', 'redirect', 'proxy-sign-in', 'network-sign-in', 'gateway']);
export type IntermediaryAnswer = z.infer<typeof IntermediaryAnswer>;

/** Requests that never reach Graph, including $metadata and whole batches. */
export const Intermediary = Occurrence.extend({ as: IntermediaryAnswer.default('page') });

/** Sign-in page of the portal; the host does not exist (RFC 2606). */
const PORTAL = 'https://portal.example/sign-in';
const PAGE =
  '<!DOCTYPE html><html><head><title>Sign in to the network</title></head><body><h1>Sign in to the network</h1></body></html>';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

export function intermediaryAnswer(as: IntermediaryAnswer): EmulatorResponse {
  switch (as) {
    case 'page':
      return { status: 200, headers: HTML, body: PAGE };
    case 'json-type':
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: PAGE };
    case 'redirect':
      return { status: 302, headers: { ...HTML, location: PORTAL }, body: PAGE };
    case 'proxy-sign-in':
      return { status: 407, headers: { ...HTML, 'proxy-authenticate': 'Basic realm="proxy"' }, body: PAGE };
    case 'network-sign-in':
      return { status: 511, headers: HTML, body: PAGE };
    case 'gateway':
      return { status: 502, headers: HTML, body: PAGE };
  }
}
