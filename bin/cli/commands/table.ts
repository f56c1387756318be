import { commandsOf, membersOf, placeOf } from './api-command.ts';
import { formatReadPlan } from './format-read-plan.ts';
import { OPERATING_COMMANDS } from './operating-commands.ts';

const METADATA = '/connections/{connectionId}/metadata';

const connections = commandsOf('connections', [
  [
    'list',
    'listConnections',
    'GET /connections',
    'list them',
    { columns: ['id', 'name', 'state', 'tenantName', 'signIn', 'taskCount'] },
  ],
  ['get', 'getConnection', 'GET /connections/{connectionId}', 'one connection'],
  [
    'edit',
    'updateConnection',
    'PATCH /connections/{connectionId}',
    'change what needs no new sign-in',
    {
      body: 'yes',
      base: (current) => ({ ...membersOf('name', 'credential')(current), ...placeOf(current) }),
      example: 'Contoso --set name="Contoso EU"',
    },
  ],
  ['delete', 'deleteConnection', 'DELETE /connections/{connectionId}', 'delete one that no task uses'],
  ['duplicate', 'duplicateConnection', 'POST /connections/{connectionId}/duplicate', 'the same sign-in and metadata again'],
  ['test', 'testConnection', 'POST /connections/{connectionId}/test', 'renew the token and call Graph'],
  [
    'plan',
    'planDatasets',
    'POST /connections/{connectionId}/plan',
    'how datasets would be read that are no task yet',
    { body: 'yes', print: formatReadPlan, example: 'Contoso --set datasetIds=[ds_...]' },
  ],
  ['access', 'getConnectionAccess', 'GET /connections/{connectionId}/access', 'whom it is open to'],
  [
    'set-access',
    'setConnectionAccess',
    'PATCH /connections/{connectionId}/access',
    'open it to everybody, or to listed people',
    { body: 'yes', example: 'Contoso --file access.yaml' },
  ],
  [
    'add-certificate',
    'addCertificate',
    'POST /certificates',
    'generate or upload one',
    { body: 'yes', example: '--set kind=generate' },
  ],
  ['certificate', 'getCertificate', 'GET /certificates/{certificateId}', 'the public half of a certificate'],
]);

const metadata = commandsOf('metadata', [
  [
    'list',
    'listDatasets',
    `GET ${METADATA}/datasets`,
    'its datasets',
    { columns: ['name', 'access', 'selected', 'columnCount'] },
  ],
  ['get', 'getDataset', `GET ${METADATA}/datasets/{datasetId}`, 'a dataset with its columns'],
  [
    'select',
    'selectDatasets',
    `PATCH ${METADATA}/datasets`,
    'select or deselect datasets',
    { body: 'yes', example: 'Contoso --file choice.yaml' },
  ],
  [
    'edit',
    'patchDataset',
    `PATCH ${METADATA}/datasets/{datasetId}`,
    'change a dataset',
    { body: 'yes', example: 'Contoso users --set filter="userType eq \'Guest\'"' },
  ],
  [
    'add',
    'addDataset',
    `POST ${METADATA}/datasets`,
    'make a dataset of an offer',
    { body: 'yes', example: 'Contoso --set path=/chats' },
  ],
  ['remove', 'removeDataset', `DELETE ${METADATA}/datasets/{datasetId}`, 'take a dataset out'],
  ['offers', 'listOffers', `GET ${METADATA}/offers`, 'what else $metadata has', { columns: ['path', 'title', 'kind'] }],
  [
    'sample',
    'sampleDataset',
    `GET ${METADATA}/datasets/{datasetId}/sample`,
    'its first rows, live',
    { example: 'Contoso users --query rows=5' },
  ],
  [
    'check-filter',
    'checkFilter',
    `POST ${METADATA}/datasets/{datasetId}/filter-check`,
    'ask Graph about a filter',
    { body: 'yes', example: 'Contoso users --set filter="accountEnabled eq true"' },
  ],
  ['changes', 'getMetadataChanges', `GET ${METADATA}/changes`, 'what the last generation found to differ'],
  [
    'decide',
    'decideDifferences',
    `POST ${METADATA}/changes`,
    'decide these differences',
    { body: 'yes', example: 'Contoso --file decisions.yaml' },
  ],
  [
    'generate',
    'generateMetadata',
    `POST ${METADATA}/generate`,
    'generate it by sampling',
    { body: 'yes', example: 'Contoso --set sampleRows=100' },
  ],
  ['probe', 'probe', `POST ${METADATA}/probe`, 'one cheap request for each dataset', { body: 'yes', example: 'Contoso' }],
  [
    'jobs',
    'listMetadataJobs',
    `GET ${METADATA}/jobs`,
    'generations and probes',
    { columns: ['id', 'kind', 'state', 'queuedAt'] },
  ],
  ['job', 'getMetadataJob', `GET ${METADATA}/jobs/{metadataJobId}`, 'one of them'],
  ['cancel-job', 'cancelMetadataJob', `DELETE ${METADATA}/jobs/{metadataJobId}`, 'stop one of them'],
  [
    'export',
    'exportMetadata',
    `GET ${METADATA}/export?format=yaml`,
    'as YAML, or another format',
    { text: true, example: 'Contoso --query format=ddl' },
  ],
  [
    'preview-import',
    'previewImport',
    `POST ${METADATA}/import/preview`,
    'what importing a file would change',
    { body: 'text', example: 'Contoso --file metadata.yaml' },
  ],
  [
    'import',
    'applyImport',
    `POST ${METADATA}/import`,
    'import a file',
    { body: 'text', example: 'Contoso --file metadata.yaml' },
  ],
  ['history', 'getEditHistory', `GET ${METADATA}/history`, 'what undo and redo would do'],
  ['undo', 'undoMetadataEdit', `POST ${METADATA}/history`, 'take the last edit back', { fixed: { direction: 'undo' } }],
  ['redo', 'undoMetadataEdit', `POST ${METADATA}/history`, 'make it again', { fixed: { direction: 'redo' } }],
]);

const targets = commandsOf('targets', [
  ['list', 'listTargets', 'GET /targets', 'list them', { columns: ['id', 'name', 'kind', 'location', 'taskCount'] }],
  [
    'kinds',
    'listTargetKinds',
    'GET /targets/kinds',
    'what can be set up, with the fields of each',
    { columns: ['kind', 'title', 'methods'] },
  ],
  ['get', 'getTarget', 'GET /targets/{targetId}', 'one target'],
  ['create', 'createTarget', 'POST /targets', 'set one up', { body: 'yes', example: '--file target.yaml' }],
  [
    'edit',
    'updateTarget',
    'PATCH /targets/{targetId}',
    'change one',
    {
      body: 'yes',
      base: (current) => ({ ...membersOf('name', 'settings')(current), ...placeOf(current) }),
      example: 'Warehouse --set name="Warehouse EU"',
    },
  ],
  ['delete', 'deleteTarget', 'DELETE /targets/{targetId}', 'delete one that no task uses'],
  ['test', 'testTarget', 'POST /targets/{targetId}/test', 'try what a reload will do'],
  ['try', 'testNewTarget', 'POST /targets/test', 'test before it is created', { body: 'yes', example: '--file target.yaml' }],
]);

const tasks = commandsOf('tasks', [
  ['list', 'listTasks', 'GET /tasks', 'list them', { columns: ['id', 'name', 'method', 'namespace', 'pausedAt'] }],
  ['get', 'getTask', 'GET /tasks/{taskId}', 'one task'],
  ['create', 'createTask', 'POST /tasks', 'set one up', { body: 'yes', example: '--file task.yaml' }],
  ['edit', 'updateTask', 'PATCH /tasks/{taskId}', 'change one', { body: 'yes', example: 'Nightly --set name=Weekly' }],
  ['delete', 'deleteTask', 'DELETE /tasks/{taskId}', 'delete one; what was landed stays'],
  [
    'duplicate',
    'duplicateTask',
    'POST /tasks/{taskId}/duplicate',
    'the same settings in another place',
    { body: 'yes', example: 'Nightly' },
  ],
  [
    'plan',
    'planTask',
    'POST /tasks/{taskId}/plan',
    'how its rows would be read, and what takes longest',
    { print: formatReadPlan },
  ],
  [
    'series',
    'getTaskSeries',
    'GET /tasks/{taskId}/series',
    'rows, duration and changes of its last runs',
    {
      columns: ['queuedAt', 'state', 'seconds', 'rowsRead', 'inserted', 'updated', 'deleted', 'requests'],
      items: 'runs',
      example: 'Nightly --query limit=10',
    },
  ],
  ['validate', 'validateTask', 'POST /tasks/{taskId}/validate', 'check it before it runs'],
  ['prepare', 'prepareTask', 'POST /tasks/{taskId}/prepare', 'make its tables ahead'],
  ['pause', 'pauseTask', 'POST /tasks/{taskId}/pause', 'nothing starts it until it is resumed', { fixed: { paused: true } }],
  ['resume', 'pauseTask', 'POST /tasks/{taskId}/pause', 'let it start again', { fixed: { paused: false } }],
  ['drop-landed', 'dropLanded', 'POST /tasks/{taskId}/drop-landed', 'drop what an edit gave up'],
  [
    'rows',
    'readLandedRows',
    'GET /tasks/{taskId}/datasets/{datasetId}/rows',
    'landed rows',
    { example: 'Nightly ds_... --query limit=10' },
  ],
]);

const schedules = commandsOf('schedules', [
  [
    'list',
    'listSchedules',
    'GET /schedules',
    'list them',
    { columns: ['taskName', 'sentence', 'enabled', 'nextAt'], items: 'schedules' },
  ],
  ['get', 'getSchedule', 'GET /tasks/{taskId}/schedule', 'that of a task'],
  [
    'set',
    'saveSchedule',
    'PUT /tasks/{taskId}/schedule',
    'set that of a task',
    { body: 'yes', example: "Nightly --set rule.kind=cron --set rule.expression='30 5 * * *' --set timeZone=Europe/Berlin" },
  ],
  ['delete', 'deleteSchedule', 'DELETE /tasks/{taskId}/schedule', 'delete that of a task'],
  [
    'preview',
    'previewSchedule',
    'POST /schedules/preview',
    'what a rule means',
    { body: 'yes', example: '--file schedule.yaml' },
  ],
  ['paused', 'getSchedulesPause', 'GET /schedules/pause', 'whether all are paused'],
  ['pause', 'pauseSchedules', 'POST /schedules/pause', 'pause all', { fixed: { paused: true } }],
  ['resume', 'pauseSchedules', 'POST /schedules/pause', 'resume all', { fixed: { paused: false } }],
]);

const runs = commandsOf('runs', [
  [
    'list',
    'listRuns',
    'GET /runs',
    'the newest first',
    { columns: ['id', 'taskName', 'state', 'queuedAt', 'rowsRead', 'datasetsFailed'], example: '--query state=failed' },
  ],
  ['get', 'getRun', 'GET /runs/{runId}', 'one run with its datasets'],
  [
    'series',
    'getRunSeries',
    'GET /runs/{runId}/series',
    'rows, requests and answers 429 over time',
    { columns: ['atSeconds', 'rows', 'requests', 'refused'], items: 'points' },
  ],
  ['cancel', 'cancelRun', 'POST /runs/{runId}/cancel', 'stop a run'],
  ['changes', 'listChanges', 'GET /runs/{runId}/datasets/{datasetId}/changes', 'what it inserted, updated and deleted'],
]);

/** Commands that are one operation of the API each. */
export const API_COMMANDS = [...connections, ...metadata, ...targets, ...tasks, ...schedules, ...runs, ...OPERATING_COMMANDS];

/** What `--help` says of each group. */
export const GROUPS: Readonly<Record<string, string>> = {
  connections: 'connections to tenants',
  metadata: 'datasets of a connection',
  targets: 'where rows land',
  tasks: 'what is reloaded, and where to',
  schedules: 'when tasks start by themselves',
  runs: 'reloads',
  gateways: 'data gateways and their groups',
  notifications: 'channels, rules, delivery log and inbox',
  people: 'people, for administrators',
  tokens: 'API tokens',
  audit: 'the audit trail, for administrators',
};
