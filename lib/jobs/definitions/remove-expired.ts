/** Removes what is over and would otherwise lie around: secrets of dialogs that were left, sessions, links. For all workers together. */
export const removeExpiredJob = {
  name: 'remove-expired',
  cron: '*/10 * * * *',
  queue: { policy: 'singleton', expireInSeconds: 600, retryLimit: 0, deleteAfterSeconds: 86_400 },
  work: { pollingIntervalSeconds: 30 },
} as const;
