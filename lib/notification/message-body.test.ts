import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reachableAddress } from './delivery-config.ts';
import { mailText, webhookBody } from './message-body.ts';
import { newSigningSecret, signedHeaders } from './webhook-signature.ts';

const NOTIFICATION = {
  id: 'notf_2',
  event: 'run-failed',
  at: new Date('2026-03-01T09:00:00Z'),
  message: {
    title: 'A & B <failed>.',
    facts: [{ label: 'Task', value: 'A & B' }],
    remedy: 'Start it again.',
    path: '/runs/run_1',
  },
} as const;
const BASE = 'https://entrada.contoso.test';
const json = (kind: 'webhook' | 'slack' | 'teams') => JSON.stringify(webhookBody(kind, NOTIFICATION, BASE));

describe('the body of a message', () => {
  it.each(['webhook', 'slack', 'teams'] as const)('%s says what happened, what to do, and links to the page', (kind) => {
    for (const part of ['Start it again.', `${BASE}/runs/run_1`]) expect(json(kind)).toContain(part);
  });

  it('is Block Kit with escaped text for Slack', () => {
    expect(webhookBody('slack', NOTIFICATION, BASE)).toMatchObject({
      blocks: [
        { type: 'header' },
        { type: 'section', fields: [{ text: '*Task*\nA &amp; B' }] },
        { type: 'section' },
        { type: 'section' },
      ],
    });
  });

  it('is one Adaptive Card for Teams', () => {
    expect(webhookBody('teams', NOTIFICATION, BASE)).toMatchObject({
      type: 'message',
      attachments: [
        { contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard', version: '1.4' } },
      ],
    });
  });

  it('is plain text for e-mail', () => {
    expect(mailText(NOTIFICATION, BASE)).toContain('Task: A & B\n\nStart it again.\n\nhttps://entrada.contoso.test/runs/run_1');
  });
});

it('a webhook is signed over id, timestamp and body, as Standard Webhooks says', () => {
  const secret = newSigningSecret();
  const headers = signedHeaders(secret, { id: 'ndel_1', at: new Date(1_700_000_000_500), body: '{}' });
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update('ndel_1.1700000000.{}').digest('base64');
  expect(headers).toEqual({ 'webhook-id': 'ndel_1', 'webhook-timestamp': '1700000000', 'webhook-signature': `v1,${signature}` });
});

describe('a host of a channel', () => {
  const listed = [{ address: '10.1.0.0', prefix: 16, family: 'ipv4' }] as const;
  const resolve =
    (...addresses: string[]) =>
    () =>
      Promise.resolve(addresses);

  it('is reached at public addresses and in networks of the operator', async () => {
    expect(await reachableAddress('hooks.contoso.test', [], resolve('8.8.8.8'))).toBe('8.8.8.8');
    expect(await reachableAddress('hooks.contoso.test', listed, resolve('10.1.2.3'))).toBe('10.1.2.3');
  });

  it.each(['127.0.0.1', '10.2.0.1', '169.254.169.254', '::1', 'fd00::1'])(
    'is refused at %s, also beside a public one',
    async (address) => {
      const refused = expect.objectContaining({ code: 'notification-host-refused' });
      await expect(reachableAddress('hooks.contoso.test', listed, resolve('8.8.8.8', address))).rejects.toEqual(refused);
      await expect(reachableAddress(address, listed)).rejects.toEqual(refused);
    },
  );
});
