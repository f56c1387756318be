import { EventEmitter } from 'node:events';
import pino from 'pino';
import { expect, it, vi } from 'vitest';
import { parseEnv } from '#lib/platform/config/env.ts';
import { AppError } from '#lib/platform/errors.ts';
import { inAnswerSpan } from '../../../bin/launcher/web/answer-span.ts';
import { currentTraceparent, inSpan, isTraced } from './span.ts';
import { startTracing } from './start-tracing.ts';
import { startOtlpReceiver } from './testing/otlp-receiver.ts';

const quiet = pino({ level: 'silent' });

/** Nothing listens on the discard port. */
const AWAY = 'http://127.0.0.1:9';

it.each([
  {},
  { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: AWAY },
  { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: AWAY },
])('with %j nothing is traced, and no package of OpenTelemetry is loaded', async (variables) => {
  vi.doMock('./otel.ts', () => {
    throw new Error('loaded');
  });
  const tracing = await startTracing('entrada-web', parseEnv(variables), quiet);
  expect(isTraced()).toBe(false);
  expect(await inSpan('work', {}, async () => currentTraceparent())).toBeNull();
  await tracing.stop();
  vi.doUnmock('./otel.ts');
});

it('spans have their parents, also those of another process and of requests that the web server answers', async () => {
  const receiver = await startOtlpReceiver();
  const tracing = await startTracing('entrada-web', parseEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/` }), quiet);
  const response = Object.assign(new EventEmitter(), { statusCode: 503, closed: false });
  let sent: string | null = null;
  await inAnswerSpan({ method: 'POST', url: '/tasks/task_abc/edit?code=0.SECRET' }, response, async () => {
    const both = ['first', 'second'].map((name) => inSpan(name, {}, async () => (sent ??= currentTraceparent())));
    await Promise.all(both);
    setImmediate(() => response.emit('close'));
  });
  const failing = inSpan('far', { kind: 'consumer', parent: sent ?? '' }, async () => {
    throw new AppError({ code: 'not-found', title: 'kim@contoso.test is gone.' });
  });
  await expect(failing).rejects.toThrow();
  await tracing.stop();
  const [answer, first, second, far] = ['POST /tasks/{id}/edit', 'first', 'second', 'far'].map(
    (name) => receiver.spans().find((span) => span.name === name) ?? expect.fail(`no span ${name}`),
  );
  expect(receiver.spans()).toHaveLength(4);
  expect([first?.parentSpanId, second?.parentSpanId]).toEqual([answer?.spanId, answer?.spanId]);
  expect(answer).toMatchObject({ kind: 2, status: { code: 2 }, attributes: { 'http.response.status_code': 503 } });
  expect(answer?.parentSpanId ?? '').toBe('');
  expect(far).toMatchObject({ traceId: answer?.traceId, parentSpanId: first?.spanId, attributes: { 'error.type': 'not-found' } });
  expect(answer?.resource).toMatchObject({ 'service.name': 'entrada-web', 'process.pid': process.pid });
  expect(receiver.text()).not.toMatch(/SECRET|kim@|task_abc/);
});

it('a receiver that is away costs only the spans: the work is done, and the log has one warning', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '200');
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const tracing = await startTracing('entrada-worker', parseEnv({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: AWAY }), log);
  for (let times = 0; times < 600; times++) expect(await inSpan('work', {}, async () => times)).toBe(times);
  await tracing.stop();
  vi.unstubAllEnvs();
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['traces could not be sent; work goes on without them']);
});
