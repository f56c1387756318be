/**
 * Looks after the sign-ins that nobody uses: a connection without a schedule would end unseen (Entra doc *Refresh tokens in the Microsoft
 * identity platform*: 90 days idle, or revoked at any time). Once every six hours for all workers together.
 */
export const checkConnectionsJob = {
  name: 'check-connections',
  cron: '17 */6 * * *',
  queue: { policy: 'singleton', expireInSeconds: 3600, retryLimit: 0, deleteAfterSeconds: 86_400 },
  work: { pollingIntervalSeconds: 30 },
} as const;
