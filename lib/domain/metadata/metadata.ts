import { z } from 'zod';
import { DatasetArea, type DatasetDefinition, DatasetShape } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Problem } from '#lib/domain/problem.ts';

/** Default number of rows per dataset that Generate samples; 0 = only $metadata and the catalogue. */
export const SAMPLE_ROWS_DEFAULT = 200;
export const SAMPLE_ROWS_MAX = 2000;

/** A dataset that can be added to the connection: found in $metadata, or in the catalogue and removed by a person. */
export const DatasetOfferDto = z.object({
  path: z.string(),
  /** Name that its table would get. */
  name: z.string(),
  title: z.string(),
  area: DatasetArea,
  entityType: z.string(),
  kind: DatasetShape.shape.kind,
  origin: DatasetShape.shape.origin,
  description: z.string(),
  /** Permissions, any of which reads it, least privileged first; empty = unknown. */
  permissions: z.array(z.string()),
});
export type DatasetOfferDto = z.infer<typeof DatasetOfferDto>;

/** Kinds of differences between a new generation and the datasets of the connection. */
export const DifferenceKind = z.enum(['dataset-new', 'dataset-gone', 'column-new', 'column-gone', 'column-retyped']);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

/**
 * `accept`: a new dataset or column stays, a retyped column takes the new type. `keep`: a gone one stays, a retyped column keeps its type.
 * `remove`: a new or gone one is removed and not added again by later generations.
 */
export const Decision = z.enum(['accept', 'keep', 'remove']);
export type Decision = z.infer<typeof Decision>;

/** Decisions for each kind of difference; the one without effect on tables first. */
export const DECISIONS_OF = {
  'dataset-new': ['accept', 'remove'],
  'dataset-gone': ['keep', 'remove'],
  'column-new': ['accept', 'remove'],
  'column-gone': ['keep', 'remove'],
  'column-retyped': ['keep', 'accept'],
} as const satisfies Record<DifferenceKind, readonly Decision[]>;

export const DifferenceDto = z.object({
  id: idSchema('diff'),
  kind: DifferenceKind,
  datasetId: idSchema('ds'),
  datasetName: z.string(),
  /** Null for a difference of the whole dataset. */
  sourcePath: z.string().nullable(),
  /** Column types; null for other differences. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  source: z.enum(['metadata', 'sample']),
  foundAt: z.iso.datetime(),
  /** Names of tasks that use the dataset. */
  tasks: z.array(z.string()),
});
export type DifferenceDto = z.infer<typeof DifferenceDto>;

/** Differences between two $metadata documents. Names are qualified; a property is `type/property`. */
export const DocumentDiffDto = z.object({
  added: z.array(z.object({ kind: z.string(), name: z.string() })),
  removed: z.array(z.object({ kind: z.string(), name: z.string() })),
  changed: z.array(z.object({ kind: z.string(), name: z.string(), before: z.string(), after: z.string() })),
});
export type DocumentDiffDto = z.infer<typeof DocumentDiffDto>;

/** $metadata as it is stored. */
export interface MetadataDocument {
  /** SHA-256 of the document, hex. */
  readonly hash: string;
  /** Size as Graph sent it, bytes. */
  readonly bytes: number;
  readonly gzip: Uint8Array;
  /** Constructs that could not be parsed and were skipped. */
  readonly warnings: readonly string[];
}

/** Result of one generation for a connection's cloud and Graph version. */
export interface GeneratedMetadata {
  /** `gzipBase64`: the document, compressed with gzip. */
  readonly document: Omit<MetadataDocument, 'gzip'> & { readonly gzipBase64: string };
  readonly datasets: readonly DatasetDefinition[];
}

export const DocumentDto = z.object({
  /** SHA-256 of the document, hex. */
  hash: z.string(),
  fetchedAt: z.iso.datetime(),
  /** Size as Graph sent it, bytes. */
  bytes: z.number().int(),
});
export type DocumentDto = z.infer<typeof DocumentDto>;

/** What changed since the previous generation: in Graph's $metadata, and in the connection's datasets. */
export const MetadataChangesDto = z.object({
  /** Null until metadata was generated. */
  document: DocumentDto.nullable(),
  /** The previous document; null while there is only one. */
  previous: DocumentDto.nullable(),
  /** Null while there is only one document. Three empty lists when the documents are equal. */
  diff: DocumentDiffDto.nullable(),
  /** Constructs of the document that could not be parsed and were skipped. */
  warnings: z.array(z.string()),
  pending: z.array(DifferenceDto),
});
export type MetadataChangesDto = z.infer<typeof MetadataChangesDto>;

export const MetadataJobKind = z.enum(['generate', 'probe']);
export type MetadataJobKind = z.infer<typeof MetadataJobKind>;

export const MetadataJobState = z.enum(['queued', 'running', 'cancelling', 'done', 'failed', 'cancelled']);
export type MetadataJobState = z.infer<typeof MetadataJobState>;

export const FINAL_METADATA_JOB_STATES: ReadonlySet<MetadataJobState> = new Set(['done', 'failed', 'cancelled']);

export const MetadataJobProgress = z.object({
  /** Number of finished datasets, of `total`. */
  done: z.number().int(),
  total: z.number().int(),
  /** Name of the dataset under way. */
  current: z.string().nullable(),
  /** Rows sampled so far. */
  rows: z.number().int(),
});
export type MetadataJobProgress = z.infer<typeof MetadataJobProgress>;

/** Result of a job. Generate: pending differences and results of sampling. Probe: datasets by access. */
export const MetadataJobResult = z.object({
  datasets: z.number().int(),
  /** Pending differences by kind, of this generation. */
  differences: z.record(DifferenceKind, z.number().int()).nullable(),
  /** Null where nothing was sampled. */
  sampled: z
    .array(
      z.object({
        dataset: z.string(),
        rows: z.number().int(),
        /** Source paths of columns that were found only in rows. */
        found: z.array(z.string()),
        alwaysNull: z.number().int(),
        /** Why it could not be sampled. */
        problem: z.string().nullable(),
      }),
    )
    .nullable(),
  /** Number of datasets by access; only for a probe. */
  access: z.record(z.string(), z.number().int()).nullable(),
});
export type MetadataJobResult = z.infer<typeof MetadataJobResult>;

export interface MetadataJobDto {
  readonly id: string;
  readonly connectionId: string;
  readonly kind: MetadataJobKind;
  readonly state: MetadataJobState;
  readonly startedBy: string;
  readonly progress: MetadataJobProgress;
  readonly result: MetadataJobResult | null;
  readonly problem: Problem | null;
  /** ISO 8601 UTC */
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
}

/** An edit that can be undone or redone. */
export const MetadataEditDto = z.object({ id: idSchema('rev'), label: z.string(), at: z.iso.datetime(), by: z.string() });
export type MetadataEditDto = z.infer<typeof MetadataEditDto>;

/** The edits that Undo and Redo would apply to; null = none. */
export const EditHistoryDto = z.object({ undo: MetadataEditDto.nullable(), redo: MetadataEditDto.nullable() });
export type EditHistoryDto = z.infer<typeof EditHistoryDto>;

/** Graph's answer to a request with a filter. */
export interface FilterCheckDto {
  readonly valid: boolean;
  /** Number of matching rows; null where Graph does not count. */
  readonly rows: number | null;
  /** Whether it needs the advanced query headers (ConsistencyLevel: eventual). */
  readonly advanced: boolean;
  readonly problem: Problem | null;
}

export const ExportFormat = z.enum(['json', 'yaml', 'ddl', 'json-schema']);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const ExportDto = z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() });
export type ExportDto = z.infer<typeof ExportDto>;

/** A mistake in a file and its position. */
export const ImportProblemDto = z.object({
  /** Path in the document, e.g. `datasets[3].columns[0].type`; empty = the document. */
  path: z.string(),
  /** 1-based; null where only the path is known. */
  line: z.number().int().nullable(),
  column: z.number().int().nullable(),
  message: z.string(),
  remedy: z.string(),
});
export type ImportProblemDto = z.infer<typeof ImportProblemDto>;

export const ImportChangeDto = z.object({
  dataset: z.string(),
  action: z.enum(['add', 'change', 'same']),
  /** `path`: `title`, `filter`, `columns[displayName].type`, …; before and after as JSON text, null = absent. */
  changes: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type ImportChangeDto = z.infer<typeof ImportChangeDto>;

export const ImportPreviewDto = z.object({
  /** Empty = the file can be applied. */
  problems: z.array(ImportProblemDto),
  datasets: z.array(ImportChangeDto),
  /** Datasets of the connection that are not in the file: they stay unchanged. */
  untouched: z.array(z.string()),
  /** Has to be sent back to apply exactly this difference; it changes when the connection's metadata changes. */
  basis: z.string(),
});
export type ImportPreviewDto = z.infer<typeof ImportPreviewDto>;
