import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { requireFreePorts } from './ports.ts';

async function occupy(host: string): Promise<{ readonly port: number; readonly release: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, host, done));
  const release = () => new Promise<void>((done) => server.close(() => done()));
  onTestFinished(release);
  return { port: (server.address() as AddressInfo).port, release };
}

describe('the ports of a start', () => {
  it.each(['127.0.0.1', '0.0.0.0'])(
    'are refused when one is taken on %s, with the variable that chooses another',
    async (host) => {
      const { port } = await occupy(host);
      const needed = [{ port, purpose: 'the web app', variable: 'PORT' }];
      await expect(requireFreePorts(needed)).rejects.toThrow(
        `Port ${port} (the web app) is in use. Stop the program that uses it, or set PORT`,
      );
    },
  );

  it('are all named when several are taken', async () => {
    const [one, two] = await Promise.all([occupy('127.0.0.1'), occupy('127.0.0.1')]);
    const needed = [
      { port: one.port, purpose: 'the web app', variable: 'PORT' },
      { port: two.port, purpose: 'the demo tenant', variable: 'ENTRADA_DEMO_PORT' },
    ];
    await expect(requireFreePorts(needed)).rejects.toThrow(/set PORT to another port\.\nPort .* set ENTRADA_DEMO_PORT/);
  });

  it('may be ones that were in use before', async () => {
    const { port, release } = await occupy('127.0.0.1');
    await release();
    await expect(requireFreePorts([{ port, purpose: 'the web app', variable: 'PORT' }])).resolves.toBeUndefined();
  });
});
