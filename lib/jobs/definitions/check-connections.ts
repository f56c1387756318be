/**
 * Renews the tokens of connections that are not in use: otherwise the sign-in of a connection without a schedule would end unnoticed (Entra doc
 * *Refresh tokens in the Microsoft
 * identity platform*: after 90 idle days, or by revocation). Once every six hours for all workers together.
 */
export const checkConnectionsJob = {
  name: 'check-connections',
  cron: '17 */6 * * *',
  queue: { policy: 'singleton', expireInSeconds: 3600, retryLimit: 0, deleteAfterSeconds: 86_400 },
  work: { pollingIntervalSeconds: 30 },
} as const;
