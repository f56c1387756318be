/** Deletes expired data: secrets of abandoned dialogs, sessions, links. Runs once for all workers together. */
export const removeExpiredJob = {
  name: 'remove-expired',
  cron: '*/10 * * * *',
  queue: { policy: 'singleton', expireInSeconds: 600, retryLimit: 0, deleteAfterSeconds: 86_400 },
  work: { pollingIntervalSeconds: 30 },
} as const;
