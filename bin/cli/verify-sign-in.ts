import type { ApiClient, Json } from './api-client.ts';

/**
 * Verifies the settings of a connection: the application at once, a person by having them sign in. `askForCode` gets the address and
 * answers what the page shows afterwards. Answers the id of the verification.
 */
export async function verifySignIn(
  api: ApiClient,
  settings: Json,
  askForCode: (authorizeUrl: string) => Promise<string>,
): Promise<string> {
  if (settings['signIn'] === 'app-only') return String((await api.post('/verifications/application', settings))['id']);
  const { id, authorizeUrl } = await api.post('/verifications', settings);
  const pasted = await askForCode(String(authorizeUrl));
  return String((await api.post(`/verifications/${String(id)}/code`, { pasted }))['id']);
}
