import { defineConfig } from 'prisma/config';

// Prisma's native schema engine is in no npm package; prisma/engine/schema-engine.mjs speaks the same protocol through the WASM
// engine (docs/decisions/002-prisma-without-download.md). An .mjs can't be spawned on Windows: there Prisma brings its own.
if (process.platform !== 'win32') {
  process.env['PRISMA_SCHEMA_ENGINE_BINARY'] ??= new URL('./prisma/engine/schema-engine.mjs', import.meta.url).pathname;
}

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  datasource: { url: process.env['DATABASE_URL'] ?? '' },
});
