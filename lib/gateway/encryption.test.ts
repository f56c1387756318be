import { exportJWK, generateKeyPair } from 'jose';
import { describe, expect, it } from 'vitest';
import { decryptAtGateway, decryptReply, encryptReply, encryptToGateway, newReplyKey } from './encryption.ts';
import { EncryptionKey, Jwe } from './protocol.ts';

async function keys() {
  const pair = await generateKeyPair('ECDH-ES+A256KW', { crv: 'X25519', extractable: true });
  return { publicKey: EncryptionKey.parse(await exportJWK(pair.publicKey)), privateKey: await exportJWK(pair.privateKey) };
}

const unreadable = expect.objectContaining({ code: 'gateway-message-unreadable' });

describe('encryption between server and gateway', () => {
  it('a command opens with the private key of its gateway, and shows nothing on the way', async () => {
    const [own, other] = [await keys(), await keys()];
    const jwe = await encryptToGateway(own.publicKey, 'command/1', { password: 'planted-secret' });
    expect(Jwe.safeParse(jwe).success).toBe(true);
    expect(Buffer.from(jwe.replaceAll('.', ''), 'base64url').toString('latin1')).not.toContain('planted');
    expect(await decryptAtGateway(own.privateKey, 'command/1', jwe)).toEqual({ password: 'planted-secret' });
    await expect(decryptAtGateway(other.privateKey, 'command/1', jwe)).rejects.toThrow(unreadable);
  });

  it('a text is refused where it is presented as one of something else', async () => {
    const own = await keys();
    const jwe = await encryptToGateway(own.publicKey, 'command/1', {});
    await expect(decryptAtGateway(own.privateKey, 'command/2', jwe)).rejects.toThrow(unreadable);
    const key = newReplyKey();
    const reply = await encryptReply(key, 'result/1/1', { rows: 1 });
    await expect(decryptReply(key, 'result/1/2', reply)).rejects.toThrow(unreadable);
  });

  it('an answer opens by the reply key of its command alone, and not once it was changed', async () => {
    const key = newReplyKey();
    const jwe = await encryptReply(key, 'events/1/1/1', ['progress']);
    expect(await decryptReply(key, 'events/1/1/1', jwe)).toEqual(['progress']);
    await expect(decryptReply(newReplyKey(), 'events/1/1/1', jwe)).rejects.toThrow(unreadable);
    const [header, key64, iv, text = '', tag] = jwe.split('.');
    const changed = [header, key64, iv, `${text.startsWith('A') ? 'B' : 'A'}${text.slice(1)}`, tag].join('.');
    await expect(decryptReply(key, 'events/1/1/1', changed)).rejects.toThrow(unreadable);
  });
});
