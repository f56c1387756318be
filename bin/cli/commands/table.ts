import { commandsOf, membersOf, placeOf } from './api-command.ts';
import { formatReadPlan } from './format-read-plan.ts';
import { OPERATING_COMMANDS } from './operating-commands.ts';

const METADATA = '/connections/{connectionId}/metadata';

const connections = commandsOf('connections', [
  [
    'list',
    'listConnections',
    'GET /connections',
    'list the connections',
    { columns: ['id', 'name', 'state', 'tenantName', 'signIn', 'taskCount'] },
  ],
  ['get', 'getConnection', 'GET /connections/{connectionId}', 'show a connection'],
  [
    'edit',
    'updateConnection',
    'PATCH /connections/{connectionId}',
    'change the name, gateway or credential of a connection',
    {
      body: 'yes',
      base: (current) => ({ ...membersOf('name', 'credential')(current), ...placeOf(current) }),
      example: 'Contoso --set name="Contoso EU"',
    },
  ],
  ['delete', 'deleteConnection', 'DELETE /connections/{connectionId}', 'delete a connection that no task uses'],
  [
    'duplicate',
    'duplicateConnection',
    'POST /connections/{connectionId}/duplicate',
    'copy a connection with its sign-in and metadata',
  ],
  ['test', 'testConnection', 'POST /connections/{connectionId}/test', 'renew the token and send a request to Graph'],
  [
    'plan',
    'planDatasets',
    'POST /connections/{connectionId}/plan',
    'show how datasets without a task would be read',
    { body: 'yes', print: formatReadPlan, example: 'Contoso --set datasetIds=[ds_...]' },
  ],
  ['access', 'getConnectionAccess', 'GET /connections/{connectionId}/access', 'show who may use a connection'],
  [
    'set-access',
    'setConnectionAccess',
    'PATCH /connections/{connectionId}/access',
    'open a connection to everybody, or to listed people',
    { body: 'yes', example: 'Contoso --file access.yaml' },
  ],
  [
    'add-certificate',
    'addCertificate',
    'POST /certificates',
    'generate or upload a certificate',
    { body: 'yes', example: '--set kind=generate' },
  ],
  ['certificate', 'getCertificate', 'GET /certificates/{certificateId}', 'show the public part of a certificate'],
]);

const metadata = commandsOf('metadata', [
  [
    'list',
    'listDatasets',
    `GET ${METADATA}/datasets`,
    'list the datasets of a connection',
    { columns: ['name', 'access', 'selected', 'columnCount'] },
  ],
  ['get', 'getDataset', `GET ${METADATA}/datasets/{datasetId}`, 'show a dataset with its columns'],
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
    'add a dataset from the offers',
    { body: 'yes', example: 'Contoso --set path=/chats' },
  ],
  ['remove', 'removeDataset', `DELETE ${METADATA}/datasets/{datasetId}`, 'remove a dataset from the connection'],
  [
    'offers',
    'listOffers',
    `GET ${METADATA}/offers`,
    'list other datasets that $metadata offers',
    { columns: ['path', 'title', 'kind'] },
  ],
  [
    'sample',
    'sampleDataset',
    `GET ${METADATA}/datasets/{datasetId}/sample`,
    'show the first rows, live from Graph',
    { example: 'Contoso users --query rows=5' },
  ],
  [
    'check-filter',
    'checkFilter',
    `POST ${METADATA}/datasets/{datasetId}/filter-check`,
    'check a filter with Graph',
    { body: 'yes', example: 'Contoso users --set filter="accountEnabled eq true"' },
  ],
  ['changes', 'getMetadataChanges', `GET ${METADATA}/changes`, 'show the differences that the last generation found'],
  [
    'decide',
    'decideDifferences',
    `POST ${METADATA}/changes`,
    'decide on these differences',
    { body: 'yes', example: 'Contoso --file decisions.yaml' },
  ],
  [
    'generate',
    'generateMetadata',
    `POST ${METADATA}/generate`,
    'generate the metadata by sampling',
    { body: 'yes', example: 'Contoso --set sampleRows=100' },
  ],
  [
    'probe',
    'probe',
    `POST ${METADATA}/probe`,
    'check access with one request for each dataset',
    { body: 'yes', example: 'Contoso' },
  ],
  [
    'jobs',
    'listMetadataJobs',
    `GET ${METADATA}/jobs`,
    'list generations and access checks',
    { columns: ['id', 'kind', 'state', 'queuedAt'] },
  ],
  ['job', 'getMetadataJob', `GET ${METADATA}/jobs/{metadataJobId}`, 'show one of these jobs'],
  ['cancel-job', 'cancelMetadataJob', `DELETE ${METADATA}/jobs/{metadataJobId}`, 'cancel one of these jobs'],
  [
    'export',
    'exportMetadata',
    `GET ${METADATA}/export?format=yaml`,
    'export the metadata as YAML, or in another format',
    { text: true, example: 'Contoso --query format=ddl' },
  ],
  [
    'preview-import',
    'previewImport',
    `POST ${METADATA}/import/preview`,
    'show what the import of a file would change',
    { body: 'text', example: 'Contoso --file metadata.yaml' },
  ],
  [
    'import',
    'applyImport',
    `POST ${METADATA}/import`,
    'import a file',
    { body: 'text', example: 'Contoso --file metadata.yaml' },
  ],
  ['history', 'getEditHistory', `GET ${METADATA}/history`, 'show what undo and redo would do'],
  ['undo', 'undoMetadataEdit', `POST ${METADATA}/history`, 'undo the last edit', { fixed: { direction: 'undo' } }],
  ['redo', 'undoMetadataEdit', `POST ${METADATA}/history`, 'redo the last undone edit', { fixed: { direction: 'redo' } }],
]);

const targets = commandsOf('targets', [
  ['list', 'listTargets', 'GET /targets', 'list the targets', { columns: ['id', 'name', 'kind', 'location', 'taskCount'] }],
  [
    'kinds',
    'listTargetKinds',
    'GET /targets/kinds',
    'list the kinds of target with their fields',
    { columns: ['kind', 'title', 'methods'] },
  ],
  ['get', 'getTarget', 'GET /targets/{targetId}', 'show a target'],
  ['create', 'createTarget', 'POST /targets', 'create a target', { body: 'yes', example: '--file target.yaml' }],
  [
    'edit',
    'updateTarget',
    'PATCH /targets/{targetId}',
    'change a target',
    {
      body: 'yes',
      base: (current) => ({ ...membersOf('name', 'settings')(current), ...placeOf(current) }),
      example: 'Warehouse --set name="Warehouse EU"',
    },
  ],
  ['delete', 'deleteTarget', 'DELETE /targets/{targetId}', 'delete a target that no task uses'],
  ['test', 'testTarget', 'POST /targets/{targetId}/test', 'test a target with the steps of a reload'],
  [
    'try',
    'testNewTarget',
    'POST /targets/test',
    'test settings before you create the target',
    { body: 'yes', example: '--file target.yaml' },
  ],
]);

const tasks = commandsOf('tasks', [
  ['list', 'listTasks', 'GET /tasks', 'list the tasks', { columns: ['id', 'name', 'method', 'namespace', 'pausedAt'] }],
  ['get', 'getTask', 'GET /tasks/{taskId}', 'show a task'],
  ['create', 'createTask', 'POST /tasks', 'create a task', { body: 'yes', example: '--file task.yaml' }],
  ['edit', 'updateTask', 'PATCH /tasks/{taskId}', 'change a task', { body: 'yes', example: 'Nightly --set name=Weekly' }],
  ['delete', 'deleteTask', 'DELETE /tasks/{taskId}', 'delete a task; its landed data is kept'],
  [
    'duplicate',
    'duplicateTask',
    'POST /tasks/{taskId}/duplicate',
    'copy a task into another schema or folder',
    { body: 'yes', example: 'Nightly' },
  ],
  [
    'plan',
    'planTask',
    'POST /tasks/{taskId}/plan',
    'show how the rows of a task would be read, and what takes longest',
    { print: formatReadPlan },
  ],
  [
    'series',
    'getTaskSeries',
    'GET /tasks/{taskId}/series',
    'show rows, duration and changes of the last runs of a task',
    {
      columns: ['queuedAt', 'state', 'seconds', 'rowsRead', 'inserted', 'updated', 'deleted', 'requests'],
      items: 'runs',
      example: 'Nightly --query limit=10',
    },
  ],
  ['validate', 'validateTask', 'POST /tasks/{taskId}/validate', 'check a task before it runs'],
  ['prepare', 'prepareTask', 'POST /tasks/{taskId}/prepare', 'create the tables of a task in advance'],
  [
    'pause',
    'pauseTask',
    'POST /tasks/{taskId}/pause',
    'pause a task: nothing starts it until you resume it',
    { fixed: { paused: true } },
  ],
  ['resume', 'pauseTask', 'POST /tasks/{taskId}/pause', 'resume a paused task', { fixed: { paused: false } }],
  ['drop-landed', 'dropLanded', 'POST /tasks/{taskId}/drop-landed', 'drop tables that an edit replaced'],
  [
    'rows',
    'readLandedRows',
    'GET /tasks/{taskId}/datasets/{datasetId}/rows',
    'show landed rows of a dataset',
    { example: 'Nightly ds_... --query limit=10' },
  ],
]);

const schedules = commandsOf('schedules', [
  [
    'list',
    'listSchedules',
    'GET /schedules',
    'list the schedules',
    { columns: ['taskName', 'sentence', 'enabled', 'nextAt'], items: 'schedules' },
  ],
  ['get', 'getSchedule', 'GET /tasks/{taskId}/schedule', 'show the schedule of a task'],
  [
    'set',
    'saveSchedule',
    'PUT /tasks/{taskId}/schedule',
    'set the schedule of a task',
    { body: 'yes', example: "Nightly --set rule.kind=cron --set rule.expression='30 5 * * *' --set timeZone=Europe/Berlin" },
  ],
  ['delete', 'deleteSchedule', 'DELETE /tasks/{taskId}/schedule', 'delete the schedule of a task'],
  [
    'preview',
    'previewSchedule',
    'POST /schedules/preview',
    'show what a schedule rule means',
    { body: 'yes', example: '--file schedule.yaml' },
  ],
  ['paused', 'getSchedulesPause', 'GET /schedules/pause', 'show whether all schedules are paused'],
  ['pause', 'pauseSchedules', 'POST /schedules/pause', 'pause all schedules', { fixed: { paused: true } }],
  ['resume', 'pauseSchedules', 'POST /schedules/pause', 'resume all schedules', { fixed: { paused: false } }],
]);

const runs = commandsOf('runs', [
  [
    'list',
    'listRuns',
    'GET /runs',
    'list the runs, the newest first',
    { columns: ['id', 'taskName', 'state', 'queuedAt', 'rowsRead', 'datasetsFailed'], example: '--query state=failed' },
  ],
  ['get', 'getRun', 'GET /runs/{runId}', 'show a run with its datasets'],
  [
    'series',
    'getRunSeries',
    'GET /runs/{runId}/series',
    'show rows, requests and 429 answers of a run over time',
    { columns: ['atSeconds', 'rows', 'requests', 'refused'], items: 'points' },
  ],
  ['cancel', 'cancelRun', 'POST /runs/{runId}/cancel', 'cancel a run'],
  [
    'changes',
    'listChanges',
    'GET /runs/{runId}/datasets/{datasetId}/changes',
    'show the rows that a run inserted, updated and deleted',
  ],
]);

/** Commands that are one operation of the API each. */
export const API_COMMANDS = [...connections, ...metadata, ...targets, ...tasks, ...schedules, ...runs, ...OPERATING_COMMANDS];

/** What `--help` says of each group. */
export const GROUPS: Readonly<Record<string, string>> = {
  connections: 'connections to tenants',
  metadata: 'datasets of a connection',
  targets: 'databases and data lakes in which rows land',
  tasks: 'which datasets are loaded, and into which target',
  schedules: 'when tasks start automatically',
  runs: 'executions of tasks',
  gateways: 'data gateways and their groups',
  notifications: 'channels, rules, delivery log and inbox',
  people: 'people, for administrators',
  tokens: 'API tokens',
  audit: 'the audit trail, for administrators',
};
