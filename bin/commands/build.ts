import { buildWebIfNeeded } from '../launcher/web/web-build.ts';

/** Builds the web app when its sources changed. */
export async function build(): Promise<number> {
  const built = await buildWebIfNeeded((text) => process.stderr.write(`${text}\n`));
  if (!built) process.stderr.write('The build is up to date.\n');
  return 0;
}
