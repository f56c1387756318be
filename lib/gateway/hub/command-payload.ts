import { type KeyRing, open, seal } from '#lib/platform/crypto/crypto.ts';
import { aadOfCommand } from '#lib/store/gateway/reseal-commands.ts';
import { CommandPayload } from '../commands.ts';

/** Encrypts the payload of a command for the table; decryption needs the same command id. */
export function sealPayload(ring: KeyRing, commandId: string, payload: CommandPayload): string {
  return seal(ring, JSON.stringify(payload), aadOfCommand(commandId));
}

/** @throws EnvelopeError */
export function openPayload(ring: KeyRing, command: { readonly id: string; readonly payload: string }): CommandPayload {
  return CommandPayload.parse(JSON.parse(open(ring, command.payload, aadOfCommand(command.id))));
}
