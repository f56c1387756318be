import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, parse as parseYaml } from 'yaml';
import { EnvSchema } from '#lib/platform/config/env.ts';
import { ROOT } from '../launcher/root.ts';

const DIR = join(ROOT, 'docs/deploy');
const PORT = EnvSchema.parse({}).PORT;
const FILES = globSync('**/*', { cwd: DIR, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(DIR.length + 1))
  .concat('.env.example');
const textOf = (path: string): string => readFileSync(join(DIR, path), 'utf8');

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly Container[] } };
    readonly selector?: Readonly<Record<string, unknown>>;
  };
}

interface Container {
  readonly args: readonly string[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
}

const MANIFESTS = FILES.filter((path) => path.startsWith('kubernetes/')).flatMap((path) =>
  parseAllDocuments(textOf(path)).map((document) => document.toJS() as Manifest),
);
const CONTAINERS = MANIFESTS.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);

describe('the examples of docs/deploy', () => {
  it('are YAML that parses, without warnings', () => {
    const yaml = FILES.filter((path) => path.endsWith('.yaml'));
    expect(yaml.length).toBeGreaterThanOrEqual(7);
    const faults = yaml.flatMap((path) =>
      parseAllDocuments(textOf(path), { merge: true }).flatMap(({ errors, warnings }) => [...errors, ...warnings]),
    );
    expect(faults).toEqual([]);
  });

  it('set no variable that Entrada does not read', () => {
    const named = FILES.flatMap((path) => textOf(path).match(/\b(ENTRADA_[A-Z_]+|AUTH_[A-Z_]+|DATABASE_URL)\b/g) ?? []);
    expect(named).toContain('ENTRADA_TRUSTED_PROXIES');
    expect(named.filter((name) => !(name in EnvSchema.shape))).toEqual([]);
  });

  it('reach the server at its default port', () => {
    expect(textOf('Dockerfile')).toContain(`EXPOSE ${PORT}\n`);
    expect(CONTAINERS.flatMap(({ ports = [] }) => ports)).toContainEqual({ name: 'http', containerPort: PORT });
    for (const proxy of ['proxy/nginx.conf', 'proxy/Caddyfile', 'proxy/traefik.yaml']) {
      expect(textOf(proxy), proxy).toContain(`127.0.0.1:${PORT}`);
    }
    const { services } = parseYaml(textOf('compose.yaml'), { merge: true }) as {
      services: Record<string, { ports?: string[]; healthcheck?: { test: string[] } }>;
    };
    expect(services['web']?.ports).toEqual([`127.0.0.1:${PORT}:${PORT}`]);
    expect(services['web']?.healthcheck?.test.at(-1)).toContain(`127.0.0.1:${PORT}/api/health/ready`);
  });

  it('run as a user that is not root, by commands of the launcher', () => {
    expect(textOf('Dockerfile')).toMatch(/^USER 10001:10001$/m);
    const commands = CONTAINERS.map(({ args }) => args.join(' '));
    expect(commands.toSorted()).toEqual(['start', 'worker']);
    expect(textOf('systemd/entrada.service')).toMatch(/^User=entrada\n[\s\S]*^ExecStart=\S+ bin\/launch\.mjs start$/m);
    expect(textOf('systemd/entrada-worker@.service')).toMatch(/^User=entrada\n[\s\S]*^ExecStart=\S+ bin\/launch\.mjs worker$/m);
  });

  it('are all in the README of the folder', () => {
    const readme = textOf('README.md');
    const missing = FILES.filter(
      (path) => path !== 'README.md' && !readme.includes(path.includes('/') ? `${path.split('/')[0]}/` : path),
    );
    expect(missing).toEqual([]);
  });
});
