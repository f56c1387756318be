/** A file's size and SHA-256 (hex). */
export interface Uploaded {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * One folder of a lake with the semantics of object stores: names may contain `/`, there are no folders, and objects are neither appended to nor
 * changed in place. Data is
 * durable when the call resolves. Errors are AppErrors that name the folder.
 */
export interface LakeStore {
  /** Display text of the location. */
  readonly location: string;
  /** URI of the folder in table metadata, without a trailing slash: `s3://bucket/folder`, `abfss://...`, `file:///...`. */
  readonly uri: string;
  /** Stores a small text atomically. */
  put(name: string, content: string): Promise<void>;
  /** Stores a small text if the name does not exist; of several concurrent writers one succeeds. False when it exists. */
  putIfAbsent(name: string, content: string): Promise<boolean>;
  /** Notes about the store for a run. */
  notes?(): readonly string[];
  /** Stores a finished local file. The file stays in place, may be deleted afterwards, and must not be changed any more. */
  upload(file: string, name: string): Promise<Uploaded>;
  /** Ends uploads below the folder that began before this time and were never completed, where the store keeps their parts. */
  abortUploads?(before: Date): Promise<void>;
  /** A small text; null when it does not exist. */
  get(name: string): Promise<string | null>;
  /** Path of a local file with the content of the object: the object itself where the store is a local folder, else a copy in `folder`. */
  download(name: string, folder: string): Promise<string>;
  /** Names that start with `prefix`, sorted; all for an empty one. */
  list(prefix: string): Promise<readonly string[]>;
  /** Deletes the object of that name, and all whose names start with it and a `/`. Does nothing when there is none. */
  delete(name: string): Promise<void>;
}
