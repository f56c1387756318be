import { readFileSync } from 'node:fs';
import { CliError } from '../launcher/cli-error.ts';

/** The text of a file that a command names. @param from the file, or the descriptor to read instead. @throws CliError */
export function readTextFile(file: string, from: string | number = file): string {
  try {
    return readFileSync(from, 'utf8');
  } catch (error) {
    throw new CliError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
