import { DefaultHeaders, DefaultInit, graphfi } from '@pnp/graph';
import '@pnp/graph/users/index.js';
import { BearerToken, BrowserFetchWithRetry, DefaultParse } from '@pnp/queryable';
import { PAGE_SIZE, USER_PROPERTIES } from '../dataset.ts';
import { type Contender, TOKEN } from './contender.ts';

/** PnPjs by its asynchronous iterator, page by page. */
export const pnpIterate: Contender = {
  async run({ baseUrl }) {
    const graph = graphfi(baseUrl).using(
      DefaultHeaders(),
      DefaultInit(baseUrl),
      BearerToken(TOKEN),
      BrowserFetchWithRetry(),
      DefaultParse(),
    );
    let rows = 0;
    for await (const page of graph.users.select(...USER_PROPERTIES).top(PAGE_SIZE)) rows += page.length;
    return rows;
  },
};
