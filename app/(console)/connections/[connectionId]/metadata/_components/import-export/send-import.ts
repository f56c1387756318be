import type { ImportPreviewDto } from '#lib/domain/metadata/metadata.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';

const UNREACHED: Problem = {
  code: 'server-unreachable',
  title: 'Entrada did not answer.',
  remedy: 'Check that Entrada is running, and try again.',
  fixer: 'operator',
};

/**
 * Sends a file of metadata: to get its differences (`basis` null), or to apply the shown ones. Not a server action, since files
 * exceed the size limit of those.
 */
export async function sendImport(
  connectionId: string,
  { text, basis }: { readonly text: string; readonly basis: string | null },
  signal?: AbortSignal,
): Promise<ActionResult<ImportPreviewDto>> {
  try {
    const step = basis === null ? 'import/preview' : `import?basis=${encodeURIComponent(basis)}`;
    const response = await fetch(`/api/v1/connections/${connectionId}/metadata/${step}`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: text,
      signal: signal ?? null,
    });
    if (!response.ok) return { ok: false, problem: (await response.json()) as Problem };
    return { ok: true, value: (await response.json()) as ImportPreviewDto };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { ok: false, problem: UNREACHED };
  }
}
