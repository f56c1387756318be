import 'server-only';
import { z } from 'zod';
import { idSchema } from '#lib/domain/id.ts';
import {
  DatasetOfferDto,
  EditHistoryDto,
  ImportPreviewDto,
  MetadataChangesDto,
  SAMPLE_ROWS_DEFAULT,
  SAMPLE_ROWS_MAX,
} from '#lib/domain/metadata/metadata.ts';
import { AddDatasetInput } from '#lib/services/dataset/add-dataset.ts';
import { DatasetPatch } from '#lib/services/dataset/patch-dataset.ts';
import { SelectDatasetsInput } from '#lib/services/dataset/select-datasets.ts';
import { FilterText } from '#lib/services/filter/set-filter.ts';
import { DecideDifferencesInput } from '#lib/services/metadata/decide-differences.ts';
import { ExportMetadataInput } from '#lib/services/metadata-file/export-metadata.ts';
import { ApplyImportInput } from '#lib/services/metadata-file/import-metadata.ts';
import { describeOperation } from '../operation.ts';
import { PageQuery, pageSchema } from '../page.ts';
import { DatasetSchema, DatasetSummarySchema, FilterCheckSchema, MetadataJobSchema, SampleSchema } from '../schemas.ts';

const BASE = '/api/v1/connections/{connectionId}/metadata';
const OfConnection = z.object({ connectionId: idSchema('conn') });
const OfDataset = OfConnection.extend({ datasetId: idSchema('ds') });
const OfJob = OfConnection.extend({ metadataJobId: idSchema('mjob') });
const tag = 'Metadata';
const DATASETS = z.object({ datasets: z.array(DatasetSummarySchema) });
const IMPORT_TYPES = ['application/json', 'application/yaml', 'text/plain'];
/** `true` or `false` in a query. */
const Flag = z.enum(['true', 'false']).transform((value) => value === 'true');
/** Ids separated by commas. */
const DatasetIds = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(idSchema('ds')).min(1).max(5000));

export const listDatasetsOperation = describeOperation({
  id: 'listDatasets',
  method: 'GET',
  path: `${BASE}/datasets`,
  tag,
  summary: 'List the datasets of a connection',
  description: 'Sorted by area and name, each with its access and the reason.',
  role: 'viewer',
  params: OfConnection,
  query: PageQuery,
  response: { status: 200, description: 'The datasets.', schema: pageSchema(DatasetSummarySchema) },
});

export const selectDatasetsOperation = describeOperation({
  id: 'selectDatasets',
  method: 'PATCH',
  path: `${BASE}/datasets`,
  tag,
  summary: 'Select or deselect many datasets',
  role: 'editor',
  params: OfConnection,
  body: SelectDatasetsInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The datasets as they are now.', schema: DATASETS },
});

export const addDatasetOperation = describeOperation({
  id: 'addDataset',
  method: 'POST',
  path: `${BASE}/datasets`,
  tag,
  summary: 'Add a dataset from an offer',
  role: 'editor',
  params: OfConnection,
  body: AddDatasetInput.omit({ connectionId: true }),
  response: { status: 201, description: 'The dataset.', schema: DatasetSchema },
});

export const listOffersOperation = describeOperation({
  id: 'listOffers',
  method: 'GET',
  path: `${BASE}/offers`,
  tag,
  summary: 'List the offers',
  description: 'Datasets that can be added: other collections of $metadata, and datasets that were removed.',
  role: 'viewer',
  params: OfConnection,
  query: PageQuery,
  response: { status: 200, description: 'The offers.', schema: pageSchema(DatasetOfferDto) },
});

export const getDatasetOperation = describeOperation({
  id: 'getDataset',
  method: 'GET',
  path: `${BASE}/datasets/{datasetId}`,
  tag,
  summary: 'Get a dataset with its columns',
  role: 'viewer',
  params: OfDataset,
  response: { status: 200, description: 'The dataset.', schema: DatasetSchema },
});

export const patchDatasetOperation = describeOperation({
  id: 'patchDataset',
  method: 'PATCH',
  path: `${BASE}/datasets/{datasetId}`,
  tag,
  summary: 'Change selection, filter and columns of a dataset',
  description: 'One edit, which can be undone. Absent members are not changed. Columns are identified by their sourcePath.',
  role: 'editor',
  params: OfDataset,
  body: DatasetPatch,
  response: { status: 200, description: 'The dataset as it is now.', schema: DatasetSchema },
});

export const removeDatasetOperation = describeOperation({
  id: 'removeDataset',
  method: 'DELETE',
  path: `${BASE}/datasets/{datasetId}`,
  tag,
  summary: 'Remove a dataset',
  description: 'Refused while a task uses it. A generation does not add it again; it becomes an offer.',
  role: 'editor',
  params: OfDataset,
  response: { status: 200, description: 'The datasets that are left.', schema: DATASETS },
});

export const sampleDatasetOperation = describeOperation({
  id: 'sampleDataset',
  method: 'GET',
  path: `${BASE}/datasets/{datasetId}/sample`,
  tag,
  summary: 'Get the first rows, live from Graph',
  role: 'editor',
  params: OfDataset,
  query: z.object({ rows: z.coerce.number().int().min(1).max(200).default(25) }),
  response: { status: 200, description: 'Rows with the selected columns, and each row whole.', schema: SampleSchema },
});

export const checkFilterOperation = describeOperation({
  id: 'checkFilter',
  method: 'POST',
  path: `${BASE}/datasets/{datasetId}/filter-check`,
  tag,
  summary: 'Check a filter with Graph',
  role: 'editor',
  params: OfDataset,
  body: z.object({ filter: FilterText }),
  response: { status: 200, description: 'Rows that match, or why Graph refuses it.', schema: FilterCheckSchema },
});

export const getMetadataChangesOperation = describeOperation({
  id: 'getMetadataChanges',
  method: 'GET',
  path: `${BASE}/changes`,
  tag,
  summary: 'Get the differences that the last generation found',
  role: 'viewer',
  params: OfConnection,
  response: {
    status: 200,
    description: 'The differences of $metadata, and the undecided differences of datasets.',
    schema: MetadataChangesDto,
  },
});

export const decideDifferencesOperation = describeOperation({
  id: 'decideDifferences',
  method: 'POST',
  path: `${BASE}/changes`,
  tag,
  summary: 'Decide differences',
  role: 'editor',
  params: OfConnection,
  body: DecideDifferencesInput.omit({ connectionId: true }),
  response: { status: 200, description: 'The differences that are still undecided.', schema: MetadataChangesDto },
});

export const generateMetadataOperation = describeOperation({
  id: 'generateMetadata',
  method: 'POST',
  path: `${BASE}/generate`,
  tag,
  summary: 'Generate metadata',
  description: 'From $metadata and the catalogue, then by sampling live rows. This starts a job: follow it by its id.',
  role: 'editor',
  params: OfConnection,
  body: z.object({
    sampleRows: z.number().int().min(0).max(SAMPLE_ROWS_MAX).default(SAMPLE_ROWS_DEFAULT),
    datasetIds: z.array(idSchema('ds')).min(1).max(2000).nullable().default(null),
  }),
  response: { status: 202, description: 'The job.', schema: MetadataJobSchema },
});

export const probeOperation = describeOperation({
  id: 'probe',
  method: 'POST',
  path: `${BASE}/probe`,
  tag,
  summary: 'Check access: one cheap request per dataset',
  role: 'editor',
  params: OfConnection,
  body: z.object({ datasetIds: z.array(idSchema('ds')).min(1).max(2000).nullable().default(null) }),
  response: { status: 202, description: 'The job.', schema: MetadataJobSchema },
});

export const listMetadataJobsOperation = describeOperation({
  id: 'listMetadataJobs',
  method: 'GET',
  path: `${BASE}/jobs`,
  tag,
  summary: 'List the last job of each kind',
  role: 'viewer',
  params: OfConnection,
  query: PageQuery,
  response: { status: 200, description: 'The jobs.', schema: pageSchema(MetadataJobSchema) },
});

export const getMetadataJobOperation = describeOperation({
  id: 'getMetadataJob',
  method: 'GET',
  path: `${BASE}/jobs/{metadataJobId}`,
  tag,
  summary: 'Get a job',
  role: 'viewer',
  params: OfJob,
  response: { status: 200, description: 'The job.', schema: MetadataJobSchema },
});

export const cancelMetadataJobOperation = describeOperation({
  id: 'cancelMetadataJob',
  method: 'DELETE',
  path: `${BASE}/jobs/{metadataJobId}`,
  tag,
  summary: 'Cancel a job',
  description: 'The results until then are kept.',
  role: 'editor',
  use: 'operates',
  params: OfJob,
  response: { status: 200, description: 'The job.', schema: MetadataJobSchema },
});

export const watchMetadataJobOperation = describeOperation({
  id: 'watchMetadataJob',
  method: 'GET',
  path: `${BASE}/jobs/{metadataJobId}/events`,
  tag,
  summary: 'Follow a job',
  description: 'An event `job` with the job as its data, at first and whenever it changed, until it is over.',
  role: 'viewer',
  params: OfJob,
  response: { status: 200, description: 'Events.', schema: null, types: ['text/event-stream'] },
});

export const exportMetadataOperation = describeOperation({
  id: 'exportMetadata',
  method: 'GET',
  path: `${BASE}/export`,
  tag,
  summary: 'Export metadata as JSON, YAML, SQL DDL or JSON Schema',
  description: 'docs/metadata-format.md describes the first two.',
  role: 'viewer',
  params: OfConnection,
  query: z.object({
    format: ExportMetadataInput.shape.format,
    datasetIds: DatasetIds.optional().describe('With commas between them; all, or the selected ones, when left out.'),
    schema: ExportMetadataInput.shape.schema.unwrap().unwrap().optional(),
    method: ExportMetadataInput.shape.method,
    history: Flag.default(false),
  }),
  response: {
    status: 200,
    description: 'The file.',
    schema: null,
    types: ['application/json', 'application/yaml', 'application/sql', 'application/schema+json'],
  },
});

export const previewImportOperation = describeOperation({
  id: 'previewImport',
  method: 'POST',
  path: `${BASE}/import/preview`,
  tag,
  summary: 'Show what the import of a file would change',
  description: 'For an invalid file, the answer lists each problem with its path, line and remedy.',
  role: 'editor',
  params: OfConnection,
  body: ApplyImportInput.shape.text,
  bodyTypes: IMPORT_TYPES,
  response: { status: 200, description: 'The differences, or the mistakes.', schema: ImportPreviewDto },
});

export const applyImportOperation = describeOperation({
  id: 'applyImport',
  method: 'POST',
  path: `${BASE}/import`,
  tag,
  summary: 'Import a file',
  role: 'editor',
  params: OfConnection,
  query: z.object({
    basis: z.string().max(100).optional().describe('From the preview: the import is refused if the metadata has changed since.'),
  }),
  body: ApplyImportInput.shape.text,
  bodyTypes: IMPORT_TYPES,
  response: {
    status: 200,
    description: 'What the import changed, with the basis of the metadata as it is now.',
    schema: ImportPreviewDto,
  },
});

export const getEditHistoryOperation = describeOperation({
  id: 'getEditHistory',
  method: 'GET',
  path: `${BASE}/history`,
  tag,
  summary: 'Get what undo and redo would do',
  role: 'viewer',
  params: OfConnection,
  response: { status: 200, description: 'The edits.', schema: EditHistoryDto },
});

export const undoMetadataEditOperation = describeOperation({
  id: 'undoMetadataEdit',
  method: 'POST',
  path: `${BASE}/history`,
  tag,
  summary: 'Undo or redo the last edit',
  role: 'editor',
  params: OfConnection,
  body: z.object({ direction: z.enum(['undo', 'redo']), editId: idSchema('rev').nullable().default(null) }),
  response: { status: 200, description: 'What undo and redo would do now.', schema: EditHistoryDto },
});
