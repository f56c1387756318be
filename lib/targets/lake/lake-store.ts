/** A file's size and SHA-256 (hex). */
export interface Uploaded {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * One folder of a lake, as object stores have it: names with `/` in them, no folders, nothing is appended or changed in place. What a call has
 * stored is durable when it resolves. Errors are AppErrors that name the folder.
 */
export interface LakeStore {
  /** Where it is, to show. */
  readonly location: string;
  /** The folder as readers of tables address it, without a slash at the end: `s3://bucket/folder`, `abfss://...`, `file:///...`. */
  readonly uri: string;
  /** Stores a small text; readers see the old content or the new one. */
  put(name: string, content: string): Promise<void>;
  /** Stores a small text if the name is free; of several writers at once one succeeds. False when it is taken. */
  putIfAbsent(name: string, content: string): Promise<boolean>;
  /** What a run should say of the store; missing: nothing. */
  notes?(): readonly string[];
  /** Stores a finished file of the local disk. It stays where it was, may be deleted there, and is not changed any more. */
  upload(file: string, name: string): Promise<Uploaded>;
  /** A small text; null when there is none. */
  get(name: string): Promise<string | null>;
  /** Path of a local file with the content of the object: the object itself where the store is a local folder, else a copy in `folder`. */
  download(name: string, folder: string): Promise<string>;
  /** Names that begin with `prefix`, in order; all of them for an empty one. */
  list(prefix: string): Promise<readonly string[]>;
  /** Deletes the object of that name, and all whose names begin with it and a `/`. Nothing happens when there is none. */
  delete(name: string): Promise<void>;
}
