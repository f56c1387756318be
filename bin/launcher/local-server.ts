import { createOperatorToken, endOperatorToken } from '#lib/services/token/operator-token.ts';
import { withCliContext } from './cli-context.ts';

/**
 * The Entrada that runs on the data folder of this machine, asked by a token that is made for one command. `email`: in whose name; null: of
 * the first administrator by e-mail address.
 */
export async function openLocalServer(email: string | null) {
  const { server, token, tokenId } = await withCliContext(async (ctx) => ({
    server: ctx.config.baseUrl,
    ...(await createOperatorToken({ ctx, input: { email } })),
  }));
  const end = () => withCliContext((ctx) => endOperatorToken({ ctx, input: { tokenId } }));
  process.once('SIGINT', () => {
    void end().finally(() => process.exit(130));
  });
  return { server, token, end };
}
