import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedWebhook {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A webhook receiver on loopback that can be stopped. */
export interface WebhookReceiver {
  readonly received: ReceivedWebhook[];
  /** HTTP status of its answers; `hang-up`: accepts the request and closes the connection without an answer. */
  answer: number | 'hang-up';
  readonly url: string;
  stop(): Promise<void>;
  /** Starts again on the same port. */
  start(): Promise<void>;
}

export async function createWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = [];
  let server: Server | undefined;
  let port = 0;
  const receiver: WebhookReceiver = {
    received,
    answer: 204,
    get url() {
      return `http://127.0.0.1:${port}`;
    },
    async start() {
      server = createServer((request, response) => {
        const { url = '', headers } = request;
        void text(request).then((body) => {
          received.push({ path: url, headers, body });
          if (receiver.answer === 'hang-up') request.socket.destroy();
          else response.writeHead(receiver.answer).end();
        });
      });
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
      port = (server.address() as AddressInfo).port;
    },
    async stop() {
      server?.closeAllConnections();
      await new Promise((resolve) => (server === undefined ? resolve(null) : server.close(resolve)));
      server = undefined;
    },
  };
  await receiver.start();
  return receiver;
}

export interface MailReceiver {
  /** Received messages, headers and text. */
  readonly received: string[];
  /** User names that signed in with the correct password. */
  readonly signedIn: string[];
  readonly port: number;
  stop(): Promise<void>;
  start(): Promise<void>;
}

export const MAIL_PASSWORD = 'mail-password-value';

/** An SMTP server on loopback (npm smtp-server) that requires a user and a password, and can be stopped. */
export async function createMailReceiver(): Promise<MailReceiver> {
  const received: string[] = [];
  const signedIn: string[] = [];
  let server: SMTPServer | undefined;
  let port = 0;
  const receiver: MailReceiver = {
    received,
    signedIn,
    get port() {
      return port;
    },
    async start() {
      server = new SMTPServer({
        disabledCommands: ['STARTTLS'],
        allowInsecureAuth: true,
        onAuth({ username = '', password }, _session, done) {
          if (password !== MAIL_PASSWORD) return done(new Error('wrong password'));
          signedIn.push(username);
          return done(null, { user: username });
        },
        onData(stream, _session, done) {
          const chunks: Buffer[] = [];
          stream.on('data', (chunk: Buffer) => chunks.push(chunk));
          stream.on('end', () => {
            received.push(Buffer.concat(chunks).toString());
            done();
          });
        },
      });
      server.listen(port, '127.0.0.1');
      await once(server.server, 'listening');
      port = (server.server.address() as AddressInfo).port;
    },
    async stop() {
      await new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(resolve)));
      server = undefined;
    },
  };
  await receiver.start();
  return receiver;
}
