/**
 * Whether a write failed because a unique index already holds the value (Prisma error P2002). By its code rather than by its class, of
 * which a bundle may have a copy of its own.
 */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2002';
}
