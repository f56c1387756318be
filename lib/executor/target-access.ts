import { z } from 'zod';
import { SECRET_MARKER } from '#lib/domain/secret-text.ts';
import type { TargetAccess } from '#lib/domain/target/target.ts';

/** How a target is reached, out of JSON. */
export const TargetAccessSchema = z.object({
  kind: z.string(),
  settings: z.unknown(),
  secrets: z.unknown().meta({ [SECRET_MARKER]: true }),
  builtIn: z.boolean(),
}) satisfies z.ZodType<TargetAccess>;
