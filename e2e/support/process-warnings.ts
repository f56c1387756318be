/**
 * Warnings of Node in the product's processes, each with the lines of its origin. A deprecated call fails with the library's next major
 * version, too many listeners indicate a leak. The command line disables the warnings about Node's experimental features.
 */
export function processWarnings(output: string): readonly string[] {
  return output.match(/^.*\(node:\d+\)(?: \[\w+\])? \w*Warning: .*(?:\n\s+at .*)*/gm) ?? [];
}
