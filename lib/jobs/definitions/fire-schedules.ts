/**
 * Starts the runs of schedules whose time has come. A worker sends it as soon as it sees one that has; `exclusive`: one waits or runs for all
 * workers together. See docs/decisions/018-schedules.md.
 */
export const fireSchedulesJob = {
  name: 'fire-schedules',
  queue: {
    policy: 'exclusive',
    heartbeatSeconds: 10,
    expireInSeconds: 600,
    retryLimit: 0,
    deleteAfterSeconds: 3600,
    notify: true,
  },
  work: { heartbeatRefreshSeconds: 2, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2 },
} as const;
