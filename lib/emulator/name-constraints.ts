import { isIPv4, isIPv6 } from 'node:net';
import * as x509 from '@peculiar/x509';

/** `id-ce-nameConstraints` */
const OID = '2.5.29.30';
const SEQUENCE = 0x30;
/** Context tags: `permittedSubtrees [0]`; of a GeneralName `dNSName [2]`, `iPAddress [7]`. */
const PERMITTED = 0xa0;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** The extension that restricts a CA to these DNS names and IP addresses (RFC 5280, section 4.2.1.10); critical. */
export function nameConstraints(hosts: readonly string[]): x509.Extension {
  const subtrees = hosts.map((host) => der(SEQUENCE, generalName(host)));
  const value = der(SEQUENCE, der(PERMITTED, Buffer.concat(subtrees)));
  return new x509.Extension(OID, true, new Uint8Array(value));
}

/** An IP address is followed by a mask of ones: exactly that address. */
function generalName(host: string): Buffer {
  if (isIPv4(host)) return der(IP_ADDRESS, Buffer.concat([Buffer.from(host.split('.').map(Number)), Buffer.alloc(4, 0xff)]));
  if (isIPv6(host)) return der(IP_ADDRESS, Buffer.concat([ipv6Bytes(host), Buffer.alloc(16, 0xff)]));
  return der(DNS_NAME, Buffer.from(host, 'ascii'));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (text: string): string[] => (text === '' ? [] : text.split(':'));
  const [left, right] = [groups(head), groups(tail)];
  const all = address.includes('::') ? [...left, ...Array<string>(8 - left.length - right.length).fill('0'), ...right] : left;
  return Buffer.from(all.map((group) => group.padStart(4, '0')).join(''), 'hex');
}

/** Tag, length and content (X.690, section 8.1.3). */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
