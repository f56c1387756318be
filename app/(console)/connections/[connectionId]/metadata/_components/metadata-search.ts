import { z } from 'zod';

export const MetadataTab = z.enum(['columns', 'preview', 'filter', 'relationships']);
export type MetadataTab = z.infer<typeof MetadataTab>;

/** What the address of the metadata page says: the open dataset (or the path of an offered one) and its tab. Nonsense counts as absent. */
export const MetadataSearch = z.object({
  dataset: z.string().max(64).optional().catch(undefined),
  offer: z.string().startsWith('/').max(400).optional().catch(undefined),
  tab: MetadataTab.catch('columns').default('columns'),
});
export type MetadataSearch = z.infer<typeof MetadataSearch>;

/** Address of a dataset on the metadata page. The first tab is left out. */
export function metadataHref(connectionId: string, dataset: string, tab: MetadataTab = 'columns'): string {
  const query = new URLSearchParams({ dataset, ...(tab === 'columns' ? {} : { tab }) });
  return `/connections/${connectionId}/metadata?${query}`;
}

/** Address of something that $metadata offers and the connection doesn't have. */
export function offerHref(connectionId: string, path: string): string {
  return `/connections/${connectionId}/metadata?${new URLSearchParams({ offer: path })}`;
}

/** More names than this make an address that proxies refuse; the selection is stored anyway. */
const NAMES_MAX = 60;

/** Address of the new task form with the chosen datasets filled in. */
export function newTaskHref(connectionId: string, datasetNames: readonly string[]): string {
  const query = new URLSearchParams({ connection: connectionId });
  if (datasetNames.length > 0 && datasetNames.length <= NAMES_MAX) query.set('datasets', datasetNames.join(','));
  return `/tasks/new?${query}`;
}
