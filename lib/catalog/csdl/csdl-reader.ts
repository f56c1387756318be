import { SaxesParser } from 'saxes';
import { attributeValue, elementValue, isConstant } from './csdl-annotation.ts';
import type { CsdlDraft, DraftEnum, DraftStructure } from './csdl-draft.ts';
import type { CsdlNavigation, CsdlProperty, CsdlValue, CsdlWarning } from './csdl-model.ts';

type Attributes = Readonly<Record<string, string>>;
/** An open element. `target`: target of the annotations in it. */
type Frame = {
  readonly element: string;
  readonly target: string;
  readonly structure?: DraftStructure;
  readonly enumeration?: DraftEnum;
  /** A bound function, until its first parameter came. */
  readonly delta?: boolean;
  readonly term?: string;
  /** Of a record. */
  readonly record?: Record<string, CsdlValue>;
  /** Of a collection. */
  readonly items?: CsdlValue[];
  readonly property?: string;
  value: CsdlValue | null;
  text: string;
};

/** Elements without information about readable data. */
const PASSED_OVER = new Set([
  ...['edmx:Edmx', 'edmx:DataServices', 'edmx:Reference', 'edmx:Include', 'edmx:IncludeAnnotations', 'Edmx', 'DataServices'],
  ...['Key', 'Action', 'ReturnType', 'Term', 'NavigationPropertyBinding', 'ReferentialConstraint', 'OnDelete', 'ActionImport'],
  ...['FunctionImport', 'Documentation', 'Summary', 'LongDescription', 'Using', 'LabeledElement', 'Null'],
]);
/** Bound of the list of warnings. */
const WARNINGS_MAX = 500;

/** Reads CSDL XML in chunks of any size and builds the draft as elements come. Broken parts end in warnings. */
export class CsdlReader {
  readonly draft: CsdlDraft = {
    aliases: new Map(),
    schemas: [],
    entityTypes: [],
    complexTypes: [],
    enumTypes: [],
    typeDefinitions: new Map(),
    entitySets: [],
    singletons: [],
    deltaTypes: [],
    annotations: [],
    warnings: [],
  };
  readonly #parser = new SaxesParser();
  readonly #frames: Frame[] = [];
  #namespace = '';
  /** Depth of an unknown element whose whole content is skipped; 0 = none. */
  #skipFrom = 0;

  constructor() {
    this.#parser.on('opentag', ({ name, attributes }) => this.#open(name, attributes));
    this.#parser.on('closetag', () => this.#close());
    this.#parser.on('text', (text) => this.#text(text));
    this.#parser.on('cdata', (text) => this.#text(text));
    // Without this handler the parser throws at the first error; with it, it continues.
    this.#parser.on('error', ({ message }) => {
      this.warn('xml', `${message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')}.`);
    });
  }

  write(chunk: string): void {
    this.#parser.write(chunk);
  }

  /** Ends the document; elements that are still open keep what they have. */
  end(): CsdlDraft {
    const open = this.#frames.at(-1)?.element;
    if (open !== undefined) this.warn('xml', `The document ends inside <${open}>; the part before it is used.`);
    else if (this.draft.schemas.length === 0) this.warn('xml', 'The document has no <Schema> element and therefore no datasets.');
    else this.#parser.close();
    return this.draft;
  }

  warn(code: CsdlWarning['code'], message: string, line = this.#parser.line): void {
    if (this.draft.warnings.length < WARNINGS_MAX) this.draft.warnings.push({ line, code, message });
  }

  #open(element: string, a: Attributes): void {
    const parent = this.#frames.at(-1);
    const frame: Frame = { element, target: parent?.target ?? '', value: null, text: '', ...this.#begin(element, a, parent) };
    this.#frames.push(frame);
  }

  #begin(element: string, a: Attributes, parent: Frame | undefined): Partial<Frame> {
    if (this.#skipFrom > 0) return {};
    const name = a['Name'] ?? '';
    switch (element) {
      case 'Schema':
        return this.#schema(a);
      case 'EntityType':
        return this.#structure(this.draft.entityTypes, element, a);
      case 'ComplexType':
        return this.#structure(this.draft.complexTypes, element, a);
      case 'EnumType':
        return this.#enum(a);
      case 'TypeDefinition':
        this.draft.typeDefinitions.set(`${this.#namespace}.${name}`, a['UnderlyingType'] ?? 'Edm.String');
        return { target: `${this.#namespace}.${name}` };
      case 'EntityContainer':
        return { target: `${this.#namespace}.${name}` };
      case 'EntitySet':
        this.draft.entitySets.push({ name, type: a['EntityType'] ?? '', line: this.#parser.line });
        return { target: `${parent?.target}/${name}` };
      case 'Singleton':
        this.draft.singletons.push({ name, type: a['Type'] ?? '', line: this.#parser.line });
        return { target: `${parent?.target}/${name}` };
      case 'Function':
        // Annotations of operations have their own targets, which are not used.
        return { target: `${this.#namespace}.${name}()`, delta: name === 'delta' && a['IsBound'] === 'true' };
      case 'Parameter':
        if (parent?.delta === true) this.#deltaOf(a['Type'] ?? '');
        return { target: `${parent?.target}/${name}` };
      default:
        return this.#member(element, a, parent) ?? this.#annotation(element, a, parent);
    }
  }

  #schema(a: Attributes): Partial<Frame> {
    this.#namespace = a['Namespace'] ?? '';
    this.draft.schemas.push(this.#namespace);
    if (a['Alias'] !== undefined) this.draft.aliases.set(a['Alias'], this.#namespace);
    return { target: this.#namespace };
  }

  #structure(into: DraftStructure[], element: string, a: Attributes): Partial<Frame> {
    if (a['Name'] === undefined) return this.#skip(`<${element}> without a name was skipped.`);
    const structure: DraftStructure = {
      name: `${this.#namespace}.${a['Name']}`,
      baseType: a['BaseType'] ?? null,
      abstract: a['Abstract'] === 'true',
      open: a['OpenType'] === 'true',
      key: [],
      properties: [],
      navigation: [],
      line: this.#parser.line,
    };
    into.push(structure);
    return { structure, target: structure.name };
  }

  #enum(a: Attributes): Partial<Frame> {
    if (a['Name'] === undefined) return this.#skip('<EnumType> without a name was skipped.');
    const enumeration: DraftEnum = {
      name: `${this.#namespace}.${a['Name']}`,
      members: [],
      flags: a['IsFlags'] === 'true',
      line: this.#parser.line,
    };
    this.draft.enumTypes.push(enumeration);
    return { enumeration, target: enumeration.name };
  }

  /** An element inside a type. */
  #member(element: string, a: Attributes, parent: Frame | undefined): Partial<Frame> | null {
    const owner = this.#frames.findLast((frame) => frame.structure !== undefined || frame.enumeration !== undefined);
    const target = `${owner?.target}/${a['Name']}`;
    switch (element) {
      case 'Property':
      case 'NavigationProperty':
        if (owner?.structure === undefined || a['Name'] === undefined || a['Type'] === undefined) {
          return this.#skip(
            `<${element}> ${a['Name'] === undefined ? 'without a name' : `${a['Name']} without a type`} was skipped.`,
          );
        }
        this.#property(owner.structure, element, a['Name'], a['Type'], a);
        return { target };
      case 'PropertyRef':
        if (parent?.element === 'Key' && a['Name'] !== undefined) owner?.structure?.key.push(a['Name']);
        return {};
      case 'Member':
        if (a['Name'] !== undefined) owner?.enumeration?.members.push(a['Name']);
        return { target };
      default:
        return null;
    }
  }

  #property(into: DraftStructure, element: string, name: string, type: string, a: Attributes): void {
    const property: CsdlProperty = { name, type, nullable: a['Nullable'] !== 'false' };
    if (element === 'Property') into.properties.push(property);
    else into.navigation.push({ ...property, contained: a['ContainsTarget'] === 'true' } satisfies CsdlNavigation);
  }

  #deltaOf(type: string): void {
    // Only the first parameter binds; the frame below records that it was read.
    const at = this.#frames.length - 1;
    const frame = this.#frames[at];
    if (frame !== undefined) this.#frames[at] = { ...frame, delta: false };
    this.draft.deltaTypes.push(type);
  }

  #annotation(element: string, a: Attributes, parent: Frame | undefined): Partial<Frame> {
    switch (element) {
      case 'Annotations':
        return { target: a['Target'] ?? '' };
      case 'Annotation':
        return { term: a['Term'] ?? '', value: attributeValue(a) };
      case 'Record':
        return { record: {} };
      case 'Collection':
        return { items: [] };
      case 'PropertyValue':
        return { property: a['Property'] ?? '', value: attributeValue(a) };
      default:
        if (isConstant(element) || PASSED_OVER.has(element)) return {};
        // Dynamic expressions (section 14.4) occur in annotations only.
        return this.#skip(
          `<${element}>${parent === undefined ? '' : ` in <${parent.element}>`} is unknown and was skipped.`,
          'element',
        );
    }
  }

  #skip(message: string, code: CsdlWarning['code'] = 'xml'): Partial<Frame> {
    this.warn(code, message);
    this.#skipFrom = this.#frames.length + 1;
    return {};
  }

  #text(text: string): void {
    const frame = this.#frames.at(-1);
    if (frame !== undefined && isConstant(frame.element)) frame.text += text;
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    if (this.#skipFrom > 0) {
      if (this.#frames.length < this.#skipFrom) this.#skipFrom = 0;
      return;
    }
    if (frame.term !== undefined) {
      // No expression at all means true (section 14.2).
      this.draft.annotations.push({ target: frame.target, term: frame.term, value: frame.value ?? true });
      return;
    }
    const value = frame.record ?? frame.items ?? elementValue(frame.element, frame.text.trim());
    const parent = this.#frames.at(-1);
    if (parent?.record !== undefined && frame.property !== undefined) parent.record[frame.property] = frame.value ?? true;
    else if (value === null || parent === undefined) return;
    else if (parent.items !== undefined) parent.items.push(value);
    else parent.value = value;
  }
}
