import { z } from 'zod';

export const MetadataTab = z.enum(['columns', 'preview', 'filter', 'relationships']);
export type MetadataTab = z.infer<typeof MetadataTab>;

/** Query of the metadata page's URL: the open dataset (or the path of an offer) and its tab. Invalid values count as absent. */
export const MetadataSearch = z.object({
  dataset: z.string().max(64).optional().catch(undefined),
  offer: z.string().startsWith('/').max(400).optional().catch(undefined),
  tab: MetadataTab.catch('columns').default('columns'),
});
export type MetadataSearch = z.infer<typeof MetadataSearch>;

/** URL of a dataset on the metadata page. Omits the first tab. */
export function metadataHref(connectionId: string, dataset: string, tab: MetadataTab = 'columns'): string {
  const query = new URLSearchParams({ dataset, ...(tab === 'columns' ? {} : { tab }) });
  return `/connections/${connectionId}/metadata?${query}`;
}

/** URL of an offer on the metadata page. */
export function offerHref(connectionId: string, path: string): string {
  return `/connections/${connectionId}/metadata?${new URLSearchParams({ offer: path })}`;
}

/** Maximum number of names in a URL: proxies refuse longer URLs, and the selection is stored anyway. */
const NAMES_MAX = 60;

/** URL of the form for a new task with the selected datasets. */
export function newTaskHref(connectionId: string, datasetNames: readonly string[]): string {
  const query = new URLSearchParams({ connection: connectionId });
  if (datasetNames.length > 0 && datasetNames.length <= NAMES_MAX) query.set('datasets', datasetNames.join(','));
  return `/tasks/new?${query}`;
}
