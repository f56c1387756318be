import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import { openTls } from '#lib/emulator/tls.ts';

/*
 * What docs/deploy/proxy says to put before Entrada: TLS by a certificate of a private authority, the host as it was asked, who asked and how.
 * A program of its own, since it runs in a network namespace. Says the certificate of the authority.
 */

const [host = '', dir = '', port = ''] = process.argv.slice(2);
const { certPem, keyPem, caPem } = await openTls(dir, new Date(), [host]);

function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers, socket } = incoming;
  const hops = [headers['x-forwarded-for'], socket.remoteAddress].filter((hop) => hop !== undefined).join(', ');
  const told = { ...headers, 'x-forwarded-proto': 'https', 'x-forwarded-for': hops };
  const asked = request({ host: '127.0.0.1', port, method, path: url, headers: told }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
    // Long answers are events and commands: each at once.
    outgoing.flushHeaders();
    answer.pipe(outgoing);
  });
  asked.on('error', () => outgoing.destroy());
  outgoing.on('close', () => asked.destroy());
  incoming.pipe(asked);
}

const server = createServer({ cert: certPem, key: keyPem }, forward);
process.on('disconnect', () => process.exit(0));
server.listen(443, host, () => process.send?.({ value: caPem }));
