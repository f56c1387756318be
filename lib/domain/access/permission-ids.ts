import ids from './permission-ids.json' with { type: 'json' };

/** Application id of Microsoft Graph, the same in every tenant and cloud. */
export const MICROSOFT_GRAPH_APP_ID = '00000003-0000-0000-c000-000000000000';

/**
 * Ids of delegated Graph permissions, which app registrations need (Graph doc *Permissions reference*, "All permissions and IDs").
 * The registration script looks up permissions that are absent here by name.
 */
export const DELEGATED_PERMISSION_IDS: Readonly<Record<string, string>> = ids.delegated;

/** Ids of application permissions (app roles), from the same source. */
export const APPLICATION_PERMISSION_IDS: Readonly<Record<string, string>> = ids.application;
