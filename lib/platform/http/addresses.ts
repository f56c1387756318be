import ipaddr from 'ipaddr.js';

/** IPv6 addresses of the public internet: all others are reserved (IANA "IPv6 Global Unicast Address Assignments"; RFC 4291, section 2.4). */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Deprecated and not routed (RFC 4291, section 2.5.5.1); the library reads it as a mapped address. */
const COMPATIBLE = /^::\d+\.\d+\.\d+\.\d+$/;

/**
 * Whether an address is one of the public internet, by the IANA special-purpose registries (RFC 6890). An IPv4 address that is mapped into
 * IPv6 (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2) or translated with the well-known prefix (`64:ff9b::/96`, RFC 6052) counts as that
 * IPv4 address. Text that is no address is not public.
 */
export function isPublicAddress(address: string): boolean {
  const parsed = parseAddress(address);
  if (parsed === null) return false;
  if (parsed.kind() === 'ipv4') return parsed.range() === 'unicast';
  return parsed.range() === 'unicast' && parsed.match(GLOBAL_UNICAST);
}

/** Whether an address never leaves this machine. */
export function isLoopbackAddress(address: string): boolean {
  return parseAddress(address)?.range() === 'loopback';
}

/** Whether a URL's host name stands for this machine: `localhost` (RFC 6761 section 6.3) or a loopback address. */
export function isLoopbackHost(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || isLoopbackAddress(hostname.replace(/^\[|\]$/g, ''));
}

/** Null for what is no address in its usual spelling: `0x7f.1` and `127.1` are refused rather than interpreted. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text) || COMPATIBLE.test(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  if (isMapped(address)) return address.toIPv4Address();
  return isTranslated(address) ? lastIpv4(address) : address;
}

function isMapped({ parts }: ipaddr.IPv6): boolean {
  return parts.slice(0, 5).every((part) => part === 0) && parts[5] === 0xffff;
}

function isTranslated({ parts }: ipaddr.IPv6): boolean {
  return parts[0] === 0x64 && parts[1] === 0xff9b && parts.slice(2, 6).every((part) => part === 0);
}

function lastIpv4({ parts }: ipaddr.IPv6): ipaddr.IPv4 {
  const [high = 0, low = 0] = parts.slice(6);
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255]);
}
