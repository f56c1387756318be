import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EventsPayload, ResultPayload } from '#lib/gateway/commands.ts';
import { decryptAtGateway, encryptToGateway } from '#lib/gateway/encryption.ts';
import type { GatewayFolder } from './gateway-folder.ts';
import type { GatewayKeys } from './keys.ts';

/** How a command ended, in the form in which it is sent. */
export const FinishedCommand = z.object({ attempt: z.number().int(), events: EventsPayload, result: ResultPayload });
export type FinishedCommand = z.infer<typeof FinishedCommand>;

/** Entries without an answer of the server are kept for this long, milliseconds: longer than any command waits. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * How commands with an effect ended, in files of the data folder, until the server has their results: one that comes again after the death of this
 * process is answered and not done again. The files are encrypted to the gateway's own key.
 */
export interface FinishedCommands {
  /** Ids of all of them. */
  list(): readonly string[];
  find(commandId: string): Promise<FinishedCommand | 'begun' | null>;
  /** Notes that an effect is about to happen that can't happen twice. */
  begin(commandId: string): void;
  add(commandId: string, finished: FinishedCommand): Promise<void>;
  remove(commandId: string): void;
}

const BEGUN = '.begun';

export function openFinishedCommands(folder: GatewayFolder, keys: GatewayKeys, now: Date): FinishedCommands {
  const dir = join(folder.path, 'finished');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(dir)) {
    const file = join(dir, name);
    if (name.endsWith('.new') || now.getTime() - statSync(file).mtimeMs > KEPT_MS) rmSync(file, { force: true });
  }
  const fileOf = (id: string): string => join(dir, encodeURIComponent(id));
  const remove = (id: string): void => {
    for (const file of [fileOf(id), fileOf(id) + BEGUN]) rmSync(file, { force: true });
  };
  return {
    list: () =>
      readdirSync(dir)
        .filter((name) => !name.includes('.'))
        .map(decodeURIComponent),
    async find(id) {
      const sealed = readIf(fileOf(id));
      if (sealed === null) return readIf(fileOf(id) + BEGUN) === null ? null : 'begun';
      return FinishedCommand.parse(await decryptAtGateway(keys.encryption.privateKey, `result/${id}`, sealed));
    },
    begin: (id) => writeFileSync(fileOf(id) + BEGUN, '', { mode: 0o600, flush: true }),
    async add(id, finished) {
      const draft = `${fileOf(id)}.new`;
      writeFileSync(draft, await encryptToGateway(keys.encryption.publicKey, `result/${id}`, finished), {
        mode: 0o600,
        flush: true,
      });
      renameSync(draft, fileOf(id));
    },
    remove,
  };
}

function readIf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
