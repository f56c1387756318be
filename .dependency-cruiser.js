/** Import directions, type-only imports included. bin/checks/boundaries.test.ts plants a fault for every rule and expects it to be found. */
const TESTS = '\\.test\\.tsx?$|/testing/';
const GENERATED = '^prisma/generated/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-unresolvable',
      comment: 'An import that leads nowhere would pass every other rule unseen.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, dependencyTypesNot: ['core'] },
    },
    { name: 'no-circular', severity: 'error', from: { pathNot: GENERATED }, to: { circular: true } },
    {
      name: 'domain-is-pure',
      comment: 'lib/domain holds words and rules: it needs nothing but zod.',
      severity: 'error',
      from: { path: '^lib/domain/', pathNot: TESTS },
      to: { pathNot: '^lib/domain/|node_modules/zod/' },
    },
    {
      name: 'platform-knows-nothing-above',
      severity: 'error',
      from: { path: '^lib/platform/', pathNot: TESTS },
      to: { path: '^lib/', pathNot: '^lib/(platform|domain)/' },
    },
    {
      name: 'lib-knows-no-ui',
      severity: 'error',
      from: { path: '^lib/', pathNot: TESTS },
      to: { path: '^(app|components|bin|e2e|bench)/|^proxy\\.ts$' },
    },
    {
      name: 'reading-knows-no-server',
      comment: 'The reading side also runs in a gateway, where there is no database of ours.',
      severity: 'error',
      from: { path: '^lib/(graph|entra|catalog|reload|targets)/', pathNot: TESTS },
      to: { path: '^lib/(store|services|web|jobs|auth|executor)/' },
    },
    {
      name: 'executor-knows-no-store',
      severity: 'error',
      from: { path: '^lib/(executor|source)/', pathNot: TESTS },
      to: { path: '^lib/(store|services|web|jobs|auth)/' },
    },
    {
      name: 'source-knows-no-executor',
      comment: 'The executor puts commands together out of what reads at the source, not the other way round.',
      severity: 'error',
      from: { path: '^lib/source/', pathNot: TESTS },
      to: { path: '^lib/executor/' },
    },
    {
      name: 'executor-never-reaches-our-database',
      comment:
        'A gateway runs the executor and all below it without our database: tokens and quotas come through ports (docs/decisions/014).',
      severity: 'error',
      from: {
        path: '^lib/(executor|source|graph|entra|catalog|reload|targets)/|^lib/gateway/agent/|^bin/commands/gateway\\.ts$',
        pathNot: TESTS,
      },
      to: { path: `^lib/(store|services)/|^lib/platform/postgres/db\\.ts$|${GENERATED}`, reachable: true },
    },
    {
      name: 'store-knows-only-the-domain',
      severity: 'error',
      from: { path: '^lib/store/', pathNot: TESTS },
      to: { path: '^lib/', pathNot: '^lib/(store|domain|platform)/' },
    },
    {
      name: 'services-know-no-web',
      comment: 'A use case is called by pages, by commands and by jobs.',
      severity: 'error',
      from: { path: '^lib/services/', pathNot: TESTS },
      to: { path: '^lib/(web|auth|jobs/(handlers/|worker\\.ts))' },
    },
    {
      name: 'services-ask-the-source-through-operations',
      comment:
        'Which process asks Entra, Graph or a target is no matter of a use case: it knows the operations, and what is pure (catalogue, clouds, words).',
      severity: 'error',
      from: { path: '^lib/services/', pathNot: TESTS },
      to: {
        path: '^lib/(executor|source|graph|entra|reload)/',
        pathNot: '^lib/executor/(source|target)-operations\\.ts$|^lib/entra/(clouds|entra-problem)\\.ts$',
      },
    },
    {
      name: 'only-store-imports-prisma',
      severity: 'error',
      from: { pathNot: `${GENERATED}|^lib/store/|^lib/platform/postgres/db\\.ts$` },
      to: { path: GENERATED },
    },
    {
      name: 'handlers-only-from-bin',
      comment: 'The web server enqueues by lib/jobs/definitions; what does the work is loaded by the worker alone.',
      severity: 'error',
      from: { pathNot: `^bin/|^lib/jobs/(handlers/|worker\\.ts$)|${TESTS}` },
      to: { path: '^lib/jobs/handlers/' },
    },
    {
      name: 'worker-only-from-bin',
      severity: 'error',
      from: { pathNot: `^bin/|${TESTS}` },
      to: { path: '^lib/jobs/worker\\.ts$' },
    },
    {
      name: 'emulator-never-in-the-product',
      severity: 'error',
      from: { pathNot: `^(lib/emulator|bin|e2e|bench)/|${TESTS}` },
      to: { path: '^lib/emulator/' },
    },
    {
      name: 'components-never-reach-the-database',
      severity: 'error',
      from: { path: '^components/', pathNot: TESTS },
      to: { path: `^lib/platform/postgres/db\\.ts$|${GENERATED}`, reachable: true },
    },
    {
      name: 'no-sibling-feature',
      comment: 'What two features share belongs into components/ or lib/.',
      severity: 'error',
      from: { path: '^app/\\(console\\)/([^/]+)/' },
      to: { path: '^app/\\(console\\)/[^/]+/', pathNot: '^app/\\(console\\)/$1/' },
    },
    {
      name: 'server-only-only-in-web',
      comment: 'The worker and the commands load everything else outside of Next, where server-only throws.',
      severity: 'error',
      from: { pathNot: '^lib/web/' },
      to: { path: 'node_modules/server-only/' },
    },
  ],
  required: [
    {
      name: 'web-is-server-only',
      severity: 'error',
      module: { path: '^lib/web/', pathNot: TESTS },
      to: { path: 'node_modules/server-only/' },
    },
  ],
  options: {
    parser: 'swc',
    doNotFollow: { path: 'node_modules|^prisma/generated/' },
    exclude: { path: '/testdata/|^\\.next/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
  },
};
