import type { Manifest } from './versions.ts';

/** Name of the metadata file of a file: `.dfm` replaces everything from the first dot on. */
export function dfmName(file: string): string {
  return `${file.slice(0, file.indexOf('.'))}.dfm`;
}

const FORMAT = { parquet: 'parquet', csv: 'delimited', jsonl: 'json' } as const;

/**
 * Metadata of one file in the format that Qlik's tools read beside full load files (Qlik Help, "Metadata file description"): task, file, format
 * and columns. Omits members about a replication server, which does not exist here.
 */
export function dfmOf(
  { name, rows }: Manifest['files'][number],
  { manifest, location }: { readonly manifest: Manifest; readonly location: string },
): string {
  const dot = name.indexOf('.');
  const { csv, createdAt, dataset, columns, format } = manifest;
  const dfm = {
    dfmVersion: '1.1',
    taskInfo: {
      name: dataset,
      sourceEndpoint: 'Microsoft Entra ID',
      sourceEndpointType: 'Microsoft Graph',
      operation: 'dataProduced',
    },
    fileInfo: {
      name: name.slice(0, dot),
      extension: name.slice(dot + 1),
      location,
      startWriteTimestamp: createdAt,
      endWriteTimestamp: createdAt,
      firstTransactionTimestamp: null,
      lastTransactionTimestamp: null,
      content: 'data',
      recordCount: rows,
      errorCount: 0,
    },
    formatInfo: {
      format: FORMAT[format],
      ...(csv === undefined
        ? {}
        : {
            options: {
              recordDelimiter: '\r\n',
              fieldDelimiter: csv.delimiter,
              nullValue: csv.nullText,
              quoteChar: csv.quote,
              escapeChar: csv.quote,
            },
          }),
    },
    dataInfo: {
      sourceSchema: '',
      sourceTable: dataset,
      targetSchema: '',
      targetTable: dataset,
      tableVersion: 1,
      columns: columns.map(({ name: column, type, nullable, key }, index) => ({
        ordinal: index + 1,
        name: column,
        type,
        nullable,
        primaryKeyPos: key ? index + 1 : 0,
      })),
    },
  };
  return `${JSON.stringify(dfm, null, 2)}\n`;
}
