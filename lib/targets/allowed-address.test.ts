import { expect, it } from 'vitest';
import { parseNetwork } from '#lib/platform/http/networks.ts';
import { allowedAddress } from './allowed-address.ts';

const rules = (...networks: string[]) => ({ networks: networks.flatMap((text) => parseNetwork(text) ?? []) });
const to =
  (...addresses: string[]) =>
  async () =>
    addresses;
const REFUSED = { code: 'target-host-refused', problem: { fixer: 'operator' } };

it.each(['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', 'fd00::1', '::ffff:192.168.0.1', '0.0.0.0'])(
  'a private address is refused, whatever name leads to it: %s',
  async (address) => {
    await expect(allowedAddress('db.example.com', rules(), to(address))).rejects.toMatchObject(REFUSED);
  },
);

it('an address of a network that the operator listed is allowed, and no other private one', async () => {
  const listed = rules('10.0.0.0/8', '::1');
  expect(await allowedAddress('db', listed, to('10.1.2.3'))).toBe('10.1.2.3');
  expect(await allowedAddress('db', listed, to('::1'))).toBe('::1');
  await expect(allowedAddress('db', listed, to('192.168.0.1'))).rejects.toMatchObject(REFUSED);
});

it('a public address is allowed, and connected to by what was checked', async () => {
  expect(await allowedAddress('db.example.com', rules(), to('93.184.216.34', '2606:2800:220:1::1'))).toBe('93.184.216.34');
});

it('a name of which one address is private is refused: which one is taken would be luck', async () => {
  await expect(allowedAddress('db', rules(), to('93.184.216.34', '10.0.0.1'))).rejects.toMatchObject(REFUSED);
});

it('a name that leads nowhere is not found', async () => {
  const missing = () => Promise.reject(new Error('ENOTFOUND'));
  await expect(allowedAddress('db', rules(), missing)).rejects.toMatchObject({ code: 'target-host-unknown' });
  await expect(allowedAddress('db', rules(), to())).rejects.toMatchObject(REFUSED);
});
