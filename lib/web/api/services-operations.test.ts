import { globSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { SERVICE_ACCESS } from '#lib/services/testing/service-access.ts';

const OF_DIALOG = 'texts and choices of a dialog, not state';
const PART = 'a part of another operation';

/**
 * Services of pages without an API operation, each with its reason. Services that require a recent sign-in of whoever calls
 * (`fresh: true`: passwords, keys) have no operation, since an API token has no sign-in.
 */
const NOT_IN_THE_API: Readonly<Record<string, string>> = {
  receiveCode: 'the page that Entra sends the browser to',
  renameConnection: `${PART}: updateConnection`,
  prepareConnection: OF_DIALOG,
  reviewPermissions: OF_DIALOG,
  getDemoConnection: OF_DIALOG,
  listClouds: OF_DIALOG,
  listGatewayOptions: OF_DIALOG,
  listColumnNames: 'index of the search box of a page',
  listAuditFacetsOf: OF_DIALOG,
  updateColumns: `${PART}: patchDataset`,
  setFilter: `${PART}: patchDataset`,
  findDataset: 'finds by name for an address of a page',
  generateMetadata: `${PART}: generateMetadata queues it`,
  getNotRead: `${PART}: getRun says it of each dataset`,
  getOwnAccount: 'the account page of a browser session',
  endOwnSession: 'the account page of a browser session',
  endOwnSessions: 'the account page of a browser session',
};

it('every service is called by an operation of the API, or says why not', () => {
  const called = new Set(
    globSync('app/api/v1/**/route.ts').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\b(\w+)\(\{\s*ctx\b/g)].map(([, name]) => name),
    ),
  );
  const missing = Object.entries(SERVICE_ACCESS).flatMap(([name, { least, fresh, positional }]) => {
    const forPeople = least !== 'operator' && least !== 'anybody' && fresh !== true && positional !== true;
    return forPeople && !called.has(name) && !Object.hasOwn(NOT_IN_THE_API, name) ? [name] : [];
  });
  expect(missing).toEqual([]);
});

it('names no exception that is none', () => {
  expect(Object.keys(NOT_IN_THE_API).filter((name) => !Object.hasOwn(SERVICE_ACCESS, name))).toEqual([]);
});
