/**
 * Starts the runs of schedules that are due. A worker queues it when it finds a due schedule; `exclusive`: at most one is queued or runs for all
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
