import { type Contender, ContenderOptions, type Measured } from './contender.ts';

/** Imported one by one, so that a process contains only its contender. */
const CONTENDERS = {
  'sdk-iterate': async () => (await import('./sdk.ts')).sdkIterate,
  'sdk-parquet': async () => (await import('./sdk.ts')).sdkParquet,
  'sdk-members': async () => (await import('./sdk.ts')).sdkMembers,
  'pnp-iterate': async () => (await import('./pnp.ts')).pnpIterate,
  drain: async () => (await import('./limits.ts')).drain,
  'drain-parse': async () => (await import('./limits.ts')).drainParse,
  'plain-copy': async () => (await import('./copy.ts')).plainCopy,
  'ours-parquet': async () => (await import('./ours.ts')).oursParquet,
  'ours-azurite': async () => (await import('./ours.ts')).oursAzurite,
  'ours-full-load': async () => (await import('./ours.ts')).oursFullLoad,
  'ours-compare': async () => (await import('./ours.ts')).oursCompare,
  'ours-methods': async () => (await import('./ours.ts')).oursMethods,
  'ours-first-compare': async () => (await import('./ours.ts')).oursFirstCompare,
  'ours-worker': async () => (await import('./gateway.ts')).oursWorker,
  'ours-gateway': async () => (await import('./gateway.ts')).oursGateway,
  'ours-members': async () => (await import('./ours.ts')).oursMembers,
} satisfies Record<string, () => Promise<Contender>>;
export type ContenderName = keyof typeof CONTENDERS;

/** `ready`: everything before the measured time is done; the bench answers with any message. */
export type ContenderMessage = { readonly type: 'ready' } | ({ readonly type: 'done' } & Measured);

if (process.send !== undefined) await main();

async function main(): Promise<void> {
  const name = process.argv[2] as ContenderName;
  const options = ContenderOptions.parse(JSON.parse(process.argv[3] ?? '{}'));
  const contender: Contender = await CONTENDERS[name]();
  await contender.prepare?.(options);
  await new Promise((go) => {
    process.once('message', go);
    process.send?.({ type: 'ready' } satisfies ContenderMessage);
  });
  const cpu = process.cpuUsage();
  const from = performance.now();
  const rows = await contender.run(options);
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
  const done: ContenderMessage = { type: 'done', rows, ms, cpuMs: (user + system) / 1000, rssMb };
  process.send?.(done, () => process.exit(0));
}
