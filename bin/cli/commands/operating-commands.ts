import type { Json } from '../api-client.ts';
import { commandsOf, membersOf } from './api-command.ts';

const CHANNELS = '/notifications/channels';
const RULES = '/notifications/rules';
const idsOf = (list: unknown): string[] => (list as readonly { id: string }[]).map(({ id }) => id);

const gateways = commandsOf('gateways', [
  ['list', 'listGateways', 'GET /gateways', 'list the data gateways', { columns: ['id', 'name', 'state', 'version'] }],
  ['get', 'getGateway', 'GET /gateways/{gatewayId}', 'show a data gateway'],
  [
    'create',
    'createGateway',
    'POST /gateways',
    'create a data gateway; prints its registration key once',
    { body: 'yes', example: '--set name="Plant A"' },
  ],
  [
    'edit',
    'updateGateway',
    'PATCH /gateways/{gatewayId}',
    'change a data gateway',
    {
      body: 'yes',
      base: (current) => ({
        ...membersOf('name', 'description', 'allowPreviews', 'allowLandedRows')(current),
        groupId: (current['group'] as Json | null)?.['id'] ?? null,
      }),
      example: '"Plant A" --set allowPreviews=false',
    },
  ],
  ['activate', 'setGatewayActive', 'POST /gateways/{gatewayId}/active', 'activate a data gateway', { fixed: { active: true } }],
  [
    'deactivate',
    'setGatewayActive',
    'POST /gateways/{gatewayId}/active',
    'deactivate a data gateway: the server refuses its requests',
    { fixed: { active: false } },
  ],
  ['delete', 'deleteGateway', 'DELETE /gateways/{gatewayId}', 'delete a data gateway that nothing uses'],
  [
    'groups',
    'listGatewayGroups',
    'GET /gateway-groups',
    'list the gateway groups',
    { columns: ['id', 'name', 'state', 'connectionCount', 'targetCount'] },
  ],
  [
    'create-group',
    'createGatewayGroup',
    'POST /gateway-groups',
    'create a gateway group',
    { body: 'yes', example: '--set name=Plant' },
  ],
  [
    'edit-group',
    'updateGatewayGroup',
    'PATCH /gateway-groups/{gatewayGroupId}',
    'change a gateway group',
    {
      body: 'yes',
      within: '/gateway-groups',
      base: (current) => ({ ...membersOf('name', 'description')(current), gatewayIds: idsOf(current['members']) }),
      example: 'Plant --set name=Plants',
    },
  ],
  ['delete-group', 'deleteGatewayGroup', 'DELETE /gateway-groups/{gatewayGroupId}', 'delete a gateway group that nothing uses'],
]);

const notifications = commandsOf('notifications', [
  [
    'channels',
    'listNotificationChannels',
    `GET ${CHANNELS}`,
    'list the channels',
    { columns: ['id', 'name', 'kind', 'enabled', 'ruleCount'] },
  ],
  [
    'create-channel',
    'createNotificationChannel',
    `POST ${CHANNELS}`,
    'create a channel; prints its signing secret once',
    { body: 'yes', example: '--file channel.yaml' },
  ],
  [
    'edit-channel',
    'updateNotificationChannel',
    `PATCH ${CHANNELS}/{channelId}`,
    'change a channel',
    { body: 'yes', within: CHANNELS, base: membersOf('name', 'enabled'), example: '"On call" --set enabled=false' },
  ],
  ['delete-channel', 'deleteNotificationChannel', `DELETE ${CHANNELS}/{channelId}`, 'delete a channel'],
  ['test-channel', 'testNotificationChannel', `POST ${CHANNELS}/{channelId}/test`, 'send a test message to a channel'],
  ['rules', 'listNotificationRules', `GET ${RULES}`, 'list the rules', { columns: ['id', 'name', 'enabled', 'events'] }],
  [
    'create-rule',
    'createNotificationRule',
    `POST ${RULES}`,
    'create a rule',
    { body: 'yes', example: '--set name=Failures --set events=[run-failed]' },
  ],
  [
    'edit-rule',
    'updateNotificationRule',
    `PATCH ${RULES}/{ruleId}`,
    'change a rule',
    {
      body: 'yes',
      within: RULES,
      base: ({ id: _, connectionName: __, taskName: ___, channels, ...rule }) => ({ ...rule, channelIds: idsOf(channels) }),
      example: 'Failures --set inbox=false',
    },
  ],
  ['delete-rule', 'deleteNotificationRule', `DELETE ${RULES}/{ruleId}`, 'delete a rule'],
  [
    'deliveries',
    'listNotificationDeliveries',
    'GET /notifications/deliveries',
    'show the delivery log',
    { columns: ['id', 'channelName', 'event', 'state', 'createdAt'] },
  ],
  [
    'send-again',
    'sendNotificationAgain',
    'POST /notifications/deliveries/{deliveryId}/send-again',
    'send a failed delivery again',
  ],
  ['inbox', 'getInbox', 'GET /notifications/inbox', 'show your own inbox'],
  [
    'read',
    'markInboxRead',
    'POST /notifications/inbox/read',
    'mark your whole inbox as read',
    { fixed: { notificationIds: null } },
  ],
  ['mail', 'getMailSettings', 'GET /notifications/mail-settings', 'show the mail server'],
  [
    'set-mail',
    'setMailSettings',
    'PATCH /notifications/mail-settings',
    'set the mail server',
    { body: 'yes', example: '--file mail.yaml' },
  ],
]);

const people = [
  ...commandsOf('people', [
    ['list', 'listPeople', 'GET /people', 'list the people', { columns: ['id', 'email', 'role', 'disabled', 'lastSignInAt'] }],
    [
      'invite',
      'invitePerson',
      'POST /people',
      'invite a person; prints the link once',
      { body: 'yes', example: '--set email=ada@contoso.com --set name=Ada --set role=editor' },
    ],
    [
      'role',
      'changeRole',
      'POST /people/{userId}/role',
      'change the role of a person',
      { body: 'yes', example: 'ada@contoso.com --set role=viewer' },
    ],
    ['entra-roles', 'getEntraRoles', 'GET /people/entra-roles', 'show the rules that give roles at a sign-in with Microsoft'],
    [
      'deactivate',
      'setPersonDisabled',
      'POST /people/{userId}/disabled',
      'deactivate a person: sessions and tokens end at once',
      { fixed: { disabled: true } },
    ],
    [
      'activate',
      'setPersonDisabled',
      'POST /people/{userId}/disabled',
      'activate a deactivated person',
      { fixed: { disabled: false } },
    ],
  ]),
  ...commandsOf('tokens', [
    [
      'list',
      'listTokens',
      'GET /tokens',
      'list the API tokens',
      { columns: ['id', 'name', 'scopes', 'owner', 'expiresAt', 'lastUsedAt'] },
    ],
    [
      'create',
      'createToken',
      'POST /tokens',
      'create an API token; prints it once',
      { body: 'yes', example: '--set name=ci --set scopes=[operate] --set days=90' },
    ],
    ['revoke', 'revokeToken', 'DELETE /tokens/{tokenId}', 'revoke an API token'],
  ]),
  ...commandsOf('audit', [
    [
      'list',
      'listAudit',
      'GET /audit',
      'show the audit trail',
      { columns: ['at', 'action', 'subjectId'], example: '--query action=connection.create' },
    ],
  ]),
  ...commandsOf('retention', [
    ['get', 'getRetention', 'GET /retention', 'show how long the audit trail and the runs are kept'],
    [
      'set',
      'setRetention',
      'PATCH /retention',
      'set how long the audit trail and the runs are kept',
      { body: 'yes', example: '--set auditDays=365 --set runDays=90' },
    ],
  ]),
];

/** Commands about what an installation is operated with: gateways, notifications, people, tokens, audit, retention. */
export const OPERATING_COMMANDS = [...gateways, ...notifications, ...people];
