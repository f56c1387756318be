/** For each rule of .dependency-cruiser.js a minimal violation: files by path, in a folder with the layout of the repository. */
export const PLANTED_FAULTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'no-unresolvable': { 'lib/services/lost/a.ts': "import { b } from '#lib/services/lost/nowhere.ts';\nexport const a = b;" },
  'no-circular': {
    'lib/services/ring/a.ts': "import type { B } from './b.ts';\nexport type A = B | 1;",
    'lib/services/ring/b.ts': "import type { A } from './a.ts';\nexport type B = A | 2;",
  },
  'domain-is-pure': { 'lib/domain/impure.ts': "import { log } from '#lib/platform/log.ts';\nexport const word = log;" },
  'platform-knows-nothing-above': {
    'lib/platform/above.ts': "import type { Row } from '#lib/store/rows.ts';\nexport type Above = Row;",
  },
  'lib-knows-no-ui': { 'lib/services/ui.ts': "import type { Props } from '#components/button.tsx';\nexport type Ui = Props;" },
  'reading-knows-no-server': {
    'lib/graph/stores.ts': "import type { Row } from '#lib/store/rows.ts';\nexport type GraphRow = Row;",
  },
  'executor-knows-no-store': {
    'lib/executor/stores.ts': "import type { Row } from '#lib/store/rows.ts';\nexport type ReadRow = Row;",
  },
  'source-knows-no-executor': {
    'lib/source/commands.ts': "import { operations } from '#lib/executor/operations.ts';\nexport const source = operations;",
  },
  'executor-never-reaches-our-database': {
    'lib/executor/far.ts': "import { shared } from '#lib/platform/shared.ts';\nexport const far = shared;",
    'lib/platform/shared.ts': "import { db } from './postgres/db.ts';\nexport const shared = db;",
  },
  'services-ask-the-source-through-operations': {
    'lib/services/asks.ts': "import { operations } from '#lib/executor/operations.ts';\nexport const asks = operations;",
  },
  'store-knows-only-the-domain': {
    'lib/store/reads.ts': "import type { Page } from '#lib/graph/page.ts';\nexport type Stored = Page;",
  },
  'services-know-no-web': {
    'lib/services/web.ts': "import { context } from '#lib/web/context.ts';\nexport const ctx = context;",
  },
  'only-store-imports-prisma': {
    'lib/services/prisma.ts': "import type { Client } from '#prisma/generated/client.ts';\nexport type Db = Client;",
  },
  'handlers-only-from-bin': {
    'lib/services/handles.ts': "import { handle } from '#lib/jobs/handlers/handle.ts';\nexport const work = handle;",
  },
  'worker-only-from-bin': { 'app/works.ts': "import { worker } from '#lib/jobs/worker.ts';\nexport const work = worker;" },
  'emulator-never-in-the-product': {
    'lib/platform/demo.ts': "import type { Info } from '#lib/emulator/info.ts';\nexport type Demo = Info;",
  },
  'components-never-reach-the-database': {
    'components/table.tsx': "import { count } from '#lib/services/count.ts';\nexport const Table = () => <b>{count}</b>;",
    'lib/services/count.ts': "import { db } from '#lib/platform/postgres/db.ts';\nexport const count = db;",
  },
  'no-sibling-feature': {
    'app/(console)/runs/page.tsx': "import { row } from '../tasks/row.ts';\nexport default () => row;",
    'app/(console)/tasks/row.ts': 'export const row = 1;',
  },
  'server-only-only-in-web': { 'lib/services/server.ts': "import 'server-only';\nexport const server = 1;" },
  'web-is-server-only': { 'lib/web/open.ts': 'export const open = 1;' },
};

/** Files that the violations import; they violate no rule themselves. */
export const VALID_FILES: Readonly<Record<string, string>> = {
  'package.json':
    '{"type":"module","imports":{"#lib/*":"./lib/*","#components/*":"./components/*","#app/*":"./app/*","#prisma/*":"./prisma/*"}}',
  'node_modules/server-only/package.json': '{"name":"server-only","version":"1.0.0","main":"index.js"}',
  'node_modules/server-only/index.js': '',
  'node_modules/zod/package.json': '{"name":"zod","version":"1.0.0","type":"module","main":"index.js"}',
  'node_modules/zod/index.js': 'export const z = 1;',
  'prisma/generated/client.ts': 'export type Client = 1;',
  'components/button.tsx':
    "'use client';\nexport interface Props { readonly label: string }\nexport const Button = (p: Props) => <b>{p.label}</b>;",
  'lib/domain/word.ts': "import { z } from 'zod';\nexport const word = z;",
  'lib/platform/log.ts': 'export const log = 1;',
  'lib/platform/postgres/db.ts': "import type { Client } from '#prisma/generated/client.ts';\nexport const db: Client = 1;",
  'lib/store/rows.ts': "import type { Client } from '#prisma/generated/client.ts';\nexport type Row = Client;",
  'lib/executor/operations.ts': "import { log } from '#lib/platform/log.ts';\nexport const operations = log;",
  'lib/graph/page.ts': "import { word } from '#lib/domain/word.ts';\nexport type Page = typeof word;",
  'lib/jobs/handlers/handle.ts': "import { log } from '#lib/platform/log.ts';\nexport const handle = log;",
  'lib/jobs/worker.ts': "import { handle } from './handlers/handle.ts';\nexport const worker = handle;",
  'lib/emulator/info.ts': 'export interface Info { readonly port: number }',
  'lib/web/context.ts': "import 'server-only';\nimport { log } from '#lib/platform/log.ts';\nexport const context = log;",
  'bin/worker.ts': "import { worker } from '#lib/jobs/worker.ts';\nexport const run = worker;",
  'app/layout.tsx': "import { context } from '#lib/web/context.ts';\nexport default () => context;",
};
