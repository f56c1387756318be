/** Deletes the part of the audit trail and of the history of runs that is older than an administrator said. Each night, for all workers together. */
export const removeHistoryJob = {
  name: 'remove-history',
  cron: '17 2 * * *',
  queue: { policy: 'singleton', expireInSeconds: 3600, retryLimit: 2, deleteAfterSeconds: 86_400 },
  work: { pollingIntervalSeconds: 30 },
} as const;
