import type { ImportPreviewDto } from '#lib/domain/metadata.ts';
import type { ActionResult, Problem } from '#lib/domain/problem.ts';

const UNREACHED: Problem = {
  code: 'unreached',
  title: 'Entrada did not answer.',
  remedy: 'See that it runs, and try again.',
  fixer: 'operator',
};

/** Sends a file of metadata: for its difference (`basis` null), or to apply the difference that was shown. */
export async function sendImport(
  connectionId: string,
  body: { readonly text: string; readonly basis: string | null },
  signal?: AbortSignal,
): Promise<ActionResult<ImportPreviewDto>> {
  try {
    const response = await fetch(`/connections/${connectionId}/metadata/import`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: signal ?? null,
    });
    if (!response.ok) return { ok: false, problem: (await response.json()) as Problem };
    return { ok: true, value: (await response.json()) as ImportPreviewDto };
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return { ok: false, problem: UNREACHED };
  }
}
