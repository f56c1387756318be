import { randomUUID } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';

type Json = Readonly<Record<string, unknown>>;

export interface PatientAnswer {
  readonly status: number;
  readonly json: Json;
}

/** Requests to /api/v1 of whichever web server answers. */
export interface PatientApi {
  /**
   * Repeats a request, on any server, until it is answered by other than a failure of the server: a POST with the same Idempotency-Key, so
   * that it has its effect once. Null: the server that had it died before it stored its answer, so that its effect is unknown.
   * @throws when no server answers within two minutes
   */
  send(method: 'GET' | 'POST' | 'PUT', path: string, body?: Json): Promise<PatientAnswer | null>;
  /** Like `send`. @throws for an answer that is a refusal */
  get(path: string): Promise<Json>;
  post(path: string, body: Json): Promise<Json>;
  put(path: string, body: Json): Promise<Json>;
}

const WITHIN_MS = 120_000;
const ANSWERED_WITHIN_MS = 20_000;
/** Time after which a request that another server still works on is given up: that one has died. */
const IN_PROGRESS_MS = 15_000;
const PAUSE_MS = 250;

/** @param choose chooses the server of a request. */
export function createPatientApi(choose: () => string, token: string): PatientApi {
  const once = async (method: string, path: string, init: RequestInit): Promise<PatientAnswer | null> => {
    try {
      const signal = AbortSignal.timeout(ANSWERED_WITHIN_MS);
      const answer = await fetch(`${choose()}/api/v1${path}`, { ...init, method, signal });
      const json = (await answer.json()) as Json;
      return answer.status >= 500 || answer.status === 429 ? null : { status: answer.status, json };
    } catch {
      return null;
    }
  };
  const send: PatientApi['send'] = async (method, path, body) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(method === 'POST' ? { 'idempotency-key': randomUUID() } : {}),
    };
    const init = { headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    const begun = performance.now();
    let inProgressSince: number | null = null;
    for (;;) {
      const answer = await once(method, path, init);
      const isInProgress = answer?.json['code'] === 'idempotency-key-in-progress';
      if (answer !== null && !isInProgress) return answer;
      const now = performance.now();
      if (isInProgress) inProgressSince ??= now;
      if (inProgressSince !== null && now - inProgressSince > IN_PROGRESS_MS) return null;
      if (now - begun > WITHIN_MS) throw new Error(`${method} ${path}: no server answered within ${WITHIN_MS / 1000} s`);
      await after(PAUSE_MS);
    }
  };
  const succeed = async (method: 'GET' | 'POST' | 'PUT', path: string, body?: Json): Promise<Json> => {
    const answer = await send(method, path, body);
    if (answer === null || answer.status >= 400) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
    return answer.json;
  };
  return {
    send,
    get: (path) => succeed('GET', path),
    post: (path, body) => succeed('POST', path, body),
    put: (path, body) => succeed('PUT', path, body),
  };
}
