import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';

/* A proxy that wants a user name and a password; a program of its own, since it runs in a network namespace. Says the tunnels it opened. */

const [host = '', port = '', credentials = ''] = process.argv.slice(2);
const expected = `Basic ${Buffer.from(credentials).toString('base64')}`;
const opened = new Set<string>();

const server = createServer();
server.on('connect', (request: IncomingMessage, socket: Socket) => {
  socket.on('error', () => undefined);
  if (request.headers['proxy-authorization'] !== expected)
    return void socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n');
  const { hostname, port: to } = new URL(`http://${request.url}`);
  opened.add(hostname);
  const behind = connect(Number(to || 443), hostname, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
    behind.pipe(socket).pipe(behind);
  });
  behind.on('error', () => socket.destroy());
});
process.on('message', () => process.send?.({ value: [...opened].sort() }));
process.on('disconnect', () => process.exit(0));
server.listen(Number(port), host, () => process.send?.({ value: null }));
