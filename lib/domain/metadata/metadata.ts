import { z } from 'zod';
import { DatasetArea, type DatasetDefinition, DatasetShape } from '#lib/domain/dataset/dataset.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Problem } from '#lib/domain/problem.ts';

/** Rows that Generate looks at per dataset unless a person chooses otherwise; 0 = $metadata and catalogue only. */
export const SAMPLE_ROWS_DEFAULT = 200;
export const SAMPLE_ROWS_MAX = 2000;

/** Something that can be read and isn't in the connection: found in $metadata, or taken out of the catalogue's part by a person. */
export const DatasetOfferDto = z.object({
  path: z.string(),
  /** Table name that it would get. */
  name: z.string(),
  title: z.string(),
  area: DatasetArea,
  entityType: z.string(),
  kind: DatasetShape.shape.kind,
  origin: DatasetShape.shape.origin,
  description: z.string(),
  /** Any of which lets it be read, the least one first; empty = not known. */
  permissions: z.array(z.string()),
});
export type DatasetOfferDto = z.infer<typeof DatasetOfferDto>;

/** What a new generation found to differ from the datasets of the connection, until a person decides it. */
export const DifferenceKind = z.enum(['dataset-new', 'dataset-gone', 'column-new', 'column-gone', 'column-retyped']);
export type DifferenceKind = z.infer<typeof DifferenceKind>;

/**
 * `accept`: new things stay, a retyped column takes the new type. `keep`: gone things stay, a retyped column keeps its type. `remove`:
 * new or gone things are taken out, and don't come back by themselves.
 */
export const Decision = z.enum(['accept', 'keep', 'remove']);
export type Decision = z.infer<typeof Decision>;

/** Decisions that each kind of difference can take; the harmless one first. */
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
  /** Types, as far as columns go. */
  before: z.string().nullable(),
  after: z.string().nullable(),
  source: z.enum(['metadata', 'sample']),
  foundAt: z.iso.datetime(),
  /** Names of tasks that use the dataset. */
  tasks: z.array(z.string()),
});
export type DifferenceDto = z.infer<typeof DifferenceDto>;

/** What two $metadata documents differ in. Names are qualified; a property is `type/property`. */
export const DocumentDiffDto = z.object({
  added: z.array(z.object({ kind: z.string(), name: z.string() })),
  removed: z.array(z.object({ kind: z.string(), name: z.string() })),
  changed: z.array(z.object({ kind: z.string(), name: z.string(), before: z.string(), after: z.string() })),
});
export type DocumentDiffDto = z.infer<typeof DocumentDiffDto>;

/** $metadata as it is kept. */
export interface MetadataDocument {
  /** SHA-256 of the document, hex. */
  readonly hash: string;
  /** Bytes as Graph sent it. */
  readonly bytes: number;
  readonly gzip: Uint8Array;
  /** Parts that could not be understood and were passed over. */
  readonly warnings: readonly string[];
}

/** What a connection's cloud and version offer, as one generation found it. */
export interface GeneratedMetadata {
  /** `gzipBase64`: the document, compressed. */
  readonly document: Omit<MetadataDocument, 'gzip'> & { readonly gzipBase64: string };
  readonly datasets: readonly DatasetDefinition[];
}

export const DocumentDto = z.object({
  /** SHA-256 of the document, hex. */
  hash: z.string(),
  fetchedAt: z.iso.datetime(),
  /** Bytes as Graph sent it. */
  bytes: z.number().int(),
});
export type DocumentDto = z.infer<typeof DocumentDto>;

/** What changed since the generation before: of Graph's $metadata, and of the connection's datasets. */
export const MetadataChangesDto = z.object({
  /** Null until metadata was generated. */
  document: DocumentDto.nullable(),
  /** The document before; null while there was only one. */
  previous: DocumentDto.nullable(),
  /** Null while there was only one. Both documents alike: three empty lists. */
  diff: DocumentDiffDto.nullable(),
  /** Parts of the document that could not be understood and were passed over. */
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
  /** Datasets done, of `total`. */
  done: z.number().int(),
  total: z.number().int(),
  /** Dataset under way. */
  current: z.string().nullable(),
  /** Rows looked at so far. */
  rows: z.number().int(),
});
export type MetadataJobProgress = z.infer<typeof MetadataJobProgress>;

/** What a job came to. Generate: differences that wait for a decision, and what sampling saw. Probe: datasets by their access. */
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
        /** Source paths of columns that were found in rows only. */
        found: z.array(z.string()),
        alwaysNull: z.number().int(),
        /** Why it could not be sampled. */
        problem: z.string().nullable(),
      }),
    )
    .nullable(),
  /** Datasets by access; of a probe. */
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

/** One edit that can be taken back or made again. */
export const MetadataEditDto = z.object({ id: idSchema('rev'), label: z.string(), at: z.iso.datetime(), by: z.string() });
export type MetadataEditDto = z.infer<typeof MetadataEditDto>;

/** What Undo and Redo would do now; null = nothing. */
export const EditHistoryDto = z.object({ undo: MetadataEditDto.nullable(), redo: MetadataEditDto.nullable() });
export type EditHistoryDto = z.infer<typeof EditHistoryDto>;

/** Graph's answer to a filter. */
export interface FilterCheckDto {
  readonly valid: boolean;
  /** Rows that match, where Graph counts them. */
  readonly rows: number | null;
  /** It only works with the advanced query headers (ConsistencyLevel: eventual). */
  readonly advanced: boolean;
  readonly problem: Problem | null;
}

export const ExportFormat = z.enum(['json', 'yaml', 'ddl', 'json-schema']);
export type ExportFormat = z.infer<typeof ExportFormat>;

export const ExportDto = z.object({ fileName: z.string(), mediaType: z.string(), text: z.string() });
export type ExportDto = z.infer<typeof ExportDto>;

/** What is wrong with a file, and where. */
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
  /** `title`, `filter`, `columns[displayName].type`, …; before and after as JSON text, null = not there. */
  changes: z.array(z.object({ path: z.string(), before: z.string().nullable(), after: z.string().nullable() })),
});
export type ImportChangeDto = z.infer<typeof ImportChangeDto>;

export const ImportPreviewDto = z.object({
  /** Empty = the file can be applied. */
  problems: z.array(ImportProblemDto),
  datasets: z.array(ImportChangeDto),
  /** Datasets of the connection that the file doesn't name: they stay. */
  untouched: z.array(z.string()),
  /** Give it back to apply exactly this difference; it changes when the connection's metadata does. */
  basis: z.string(),
});
export type ImportPreviewDto = z.infer<typeof ImportPreviewDto>;
