import { KEEP_ALIVE_SECONDS, STATUS_SECONDS } from '#lib/gateway/protocol.ts';

/** How long a gateway waits for its server, milliseconds. Tests shorten it. */
export interface LinkTimes {
  /** Between two statuses, and for the answer to one. */
  readonly statusMs: number;
  /** A stream that is silent for this long is broken: three keep-alives of the server. */
  readonly silenceMs: number;
  /** For the answer to any other request. */
  readonly answerMs: number;
}

export const LINK_TIMES: LinkTimes = {
  statusMs: STATUS_SECONDS * 1000,
  silenceMs: 3 * KEEP_ALIVE_SECONDS * 1000,
  answerMs: 60_000,
};
