import type { CsdlEnum, CsdlResource, CsdlStructure, CsdlValue, CsdlWarning } from './csdl-model.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer U)[] ? U[] : T[K] };

export interface DraftStructure extends Mutable<CsdlStructure> {
  readonly line: number;
}
export interface DraftEnum extends Mutable<CsdlEnum> {
  readonly line: number;
}
interface DraftResource extends CsdlResource {
  readonly line: number;
}

/** Content of the document with names as written; aliases are replaced after the whole document was read. */
export interface CsdlDraft {
  readonly aliases: Map<string, string>;
  readonly schemas: string[];
  readonly entityTypes: DraftStructure[];
  readonly complexTypes: DraftStructure[];
  readonly enumTypes: DraftEnum[];
  readonly typeDefinitions: Map<string, string>;
  readonly entitySets: DraftResource[];
  readonly singletons: DraftResource[];
  readonly deltaTypes: string[];
  readonly annotations: { readonly target: string; readonly term: string; readonly value: CsdlValue }[];
  readonly warnings: CsdlWarning[];
}
