import ids from './permission-ids.json' with { type: 'json' };

/** Application id of Microsoft Graph, the same in every tenant and cloud. */
export const MICROSOFT_GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/**
 * Ids of delegated Graph permissions, as app registrations want them (Graph doc *Permissions reference*, "All permissions and IDs").
 * A permission that isn't here is looked up by name in the script that Entrada offers.
 */
export const DELEGATED_PERMISSION_IDS: Readonly<Record<string, string>> = ids.delegated;

/** The same for application permissions (app roles). */
export const APPLICATION_PERMISSION_IDS: Readonly<Record<string, string>> = ids.application;
