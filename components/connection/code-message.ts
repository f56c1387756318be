import { z } from 'zod';

/** Message by which the redirect page sends the code to the dialog that opened it, at the same origin. */
export const CodeMessage = z.object({
  type: z.literal('entrada:authentication-code'),
  verificationId: z.string(),
  code: z.string().min(1),
});
export type CodeMessage = z.infer<typeof CodeMessage>;

/** The code in a message for this verification; null for messages of other windows and extensions. */
export function codeOfMessage(
  message: { readonly origin: string; readonly data: unknown },
  expected: { readonly origin: string; readonly verificationId: string },
): string | null {
  if (message.origin !== expected.origin) return null;
  const parsed = CodeMessage.safeParse(message.data);
  return parsed.success && parsed.data.verificationId === expected.verificationId ? parsed.data.code : null;
}

/** Channel on which the redirect page reports the end of a sign-in to every dialog of this browser, including those that did not open it. */
export const SIGN_IN_CHANNEL = 'entrada:sign-in-ended';
