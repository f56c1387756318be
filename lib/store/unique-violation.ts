/**
 * Whether a write failed because a unique index already holds the value (Prisma error P2002). Checks the code, not the class, since
 * a bundle may contain its own copy of the class.
 */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'P2002';
}
