const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const SAMPLE = new RegExp(`^(${NAME})(\\{(?:${LABEL}(?:,${LABEL})*)?\\})? (-?\\d+(?:\\.\\d+)?(?:e[+-]?\\d+)?|NaN|[+-]Inf)$`);
const COMMENT = new RegExp(`^# (HELP|TYPE) (${NAME}) (.+)$`);
/** What a histogram or a summary appends to the name of its family. */
const SUFFIX = /_(?:bucket|sum|count)$/;

/**
 * Parses the text format of Prometheus ("Exposition formats", text-based), strictly: each family is described, then typed, once; each sample belongs to
 * the family before it, and no two have the same name and labels.
 * @returns the samples of each family, by name and labels.
 * @throws SyntaxError with the first line that does not hold.
 */
export function parseExposition(text: string): ReadonlyMap<string, ReadonlyMap<string, number>> {
  if (!text.endsWith('\n')) throw new SyntaxError('the last line does not end');
  const families = new Map<string, Map<string, number>>();
  let family: { readonly name: string; type: string | null } | null = null;
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [, keyword, of = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (keyword === 'HELP') {
      if (families.has(of)) throw new SyntaxError(`the family is there twice: ${line}`);
      family = { name: of, type: null };
      families.set(of, new Map());
    } else if (keyword === 'TYPE') {
      if (family?.name !== of || family.type !== null || !/^(counter|gauge|histogram|summary|untyped)$/.test(rest))
        throw new SyntaxError(`no type of the family before: ${line}`);
      family.type = rest;
    } else {
      const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? [];
      const base = family?.type === 'histogram' || family?.type === 'summary' ? name.replace(SUFFIX, '') : name;
      const samples = families.get(base);
      if (family?.type == null || family.name !== base || samples === undefined)
        throw new SyntaxError(`no sample of a family: ${line}`);
      if (samples.has(name + labels)) throw new SyntaxError(`the sample is there twice: ${line}`);
      samples.set(name + labels, Number(value.replace('Inf', 'Infinity')));
    }
  }
  return families;
}
