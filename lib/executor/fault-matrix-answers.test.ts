import type * as timers from 'node:timers/promises';
import { vi } from 'vitest';
import { withFasterWaits } from './testing/faster-waits.ts';
import { testFaults } from './testing/fault-matrix.ts';

vi.mock('node:timers/promises', async (importOriginal) => withFasterWaits(await importOriginal<typeof timers>()));

const MEMBERS = '^groups/[^/]+/members$';

/** Faults of what answers say, and of who answers; those of transport, throttling, paging and delta are in fault-matrix.test.ts. */
testFaults([
  {
    name: 'a column refused from the middle of a pass on',
    settings: { refuseProperties: [{ property: 'jobTitle', fromRequest: 3 }] },
    unread: ['jobTitle'],
  },
  { name: 'a column refused now and then', settings: { refuseProperties: [{ property: 'jobTitle', everyNth: 3 }] } },
  {
    name: 'every other request refused in unknown words',
    settings: { passingRefusals: [{ everyNth: 2 }] },
    // An item of a batch that always comes second is refused as often as it is sent.
    mayFail: { group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  {
    name: '501 that passes',
    settings: {
      passingRefusals: [
        { everyNth: 4, status: 501, code: 'NotImplemented', message: 'This operation target is not yet supported.' },
      ],
    },
  },
  {
    name: '403 that passes, of some parents',
    settings: {
      passingRefusals: [
        {
          path: MEMBERS,
          everyNth: 5,
          times: 3,
          status: 403,
          code: 'Authorization_RequestDenied',
          message: 'Insufficient privileges to complete the operation.',
        },
      ],
    },
    unproven: ['group_members'],
  },
  { name: 'pages of a portal now and then', settings: { answerHtml: [{ everyNth: 6 }] } },
  { name: 'pages under the content type of JSON now and then', settings: { answerHtml: [{ as: 'json-type', everyNth: 6 }] } },
  { name: 'byte order marks', settings: { byteOrderMark: true } },
  { name: 'another content type', settings: { contentType: 'application/json; odata.metadata=minimal; charset=UTF-8' } },
  { name: 'next links that are null', settings: { nullNextLink: true } },
  { name: 'no counts', settings: { noCount: true } },
  {
    name: 'counts that are too large',
    settings: { wrongCounts: [{ by: 7 }] },
    mayFail: { users: 'dataset-incomplete', group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  {
    name: 'counts that are too small',
    settings: { wrongCounts: [{ by: -7 }] },
    mayFail: { users: 'dataset-incomplete', group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  {
    name: 'parents that are not found the first time',
    settings: { missingParents: [{ path: MEMBERS, times: 1 }] },
    unproven: ['group_members'],
  },
  {
    name: 'parents that the list lacks',
    settings: { missingRows: [{ path: '^groups(/delta)?$', everyNth: 3 }] },
    mayFail: { group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  {
    name: 'children that are empty the first time',
    settings: { emptyFirst: [{ path: MEMBERS, times: 1 }] },
    mayFail: { group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  {
    name: 'Member.Read.Hidden taken back',
    settings: { revokedPermissions: ['Member.Read.Hidden'] },
    mayFail: { group_members: 'dataset-incomplete' },
    unproven: ['group_members'],
  },
  { name: 'names of properties in another case', settings: { spelling: [{ everyNth: 5 }] } },
  { name: 'delta rounds that never end', settings: { endlessDelta: true } },
  { name: 'a batch whose envelope says 424', settings: { batchStatus: 424 } },
  { name: 'items of a batch without a body', settings: { nullBatchBodies: { everyNth: 4 } }, unproven: ['group_members'] },
]);
