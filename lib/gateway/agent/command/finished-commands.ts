import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EventsPayload, ResultPayload } from '#lib/gateway/commands.ts';
import { decryptAtGateway, encryptToGateway } from '#lib/gateway/encryption.ts';
import type { GatewayFolder } from '../folder/gateway-folder.ts';
import type { GatewayKeys } from '../folder/keys.ts';

/** The end of a command, in the form of the message. */
export const FinishedCommand = z.object({ attempt: z.number().int(), events: EventsPayload, result: ResultPayload });
export type FinishedCommand = z.infer<typeof FinishedCommand>;

/** How long entries without an answer of the server are kept, milliseconds: longer than any command waits. */
const KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Results of commands with side effects, in files of the data folder, until the server has confirmed them: a command that arrives again after a crash
 * of this process is answered and not executed again. The files are encrypted to the gateway's own key.
 */
export interface FinishedCommands {
  /** Ids of all entries. */
  list(): readonly string[];
  find(commandId: string): Promise<FinishedCommand | 'begun' | null>;
  /** Records that a side effect that must not be repeated is about to start. */
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
