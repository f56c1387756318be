import { Prisma } from '#prisma/generated/client.ts';

/** Whether a write failed because a unique index already holds the value (Prisma error P2002). */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
