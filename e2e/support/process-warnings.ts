/**
 * What Node warned of in the product's processes, each with the lines that say where. A deprecated call works until the library's next major
 * version, a listener too many is a leak. Node's own experimental features are switched off by the command line, not here.
 */
export function processWarnings(output: string): readonly string[] {
  return output.match(/^.*\(node:\d+\)(?: \[\w+\])? \w*Warning: .*(?:\n\s+at .*)*/gm) ?? [];
}
