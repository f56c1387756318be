import type { EmulatorResponse } from './contract.ts';
import { html, page } from './entra/authorize/html.ts';
import type { EmulatorInfo } from './info.ts';

/** The page about this tenant. `formToken` proves that the form of the button came from this page. */
export function adminPage(info: EmulatorInfo, tenantDisplayName: string, formToken: string): EmulatorResponse {
  const users = info.users.map(
    (user) => html`<tr><td>${user.displayName}</td><td><code>${user.username}</code></td><td>${user.kind}</td></tr>`,
  );
  const apps = [
    { purpose: 'Reads everything; an administrator has consented.', clientId: info.clientId, clientSecret: info.clientSecret },
    ...info.otherApps,
  ];
  const rows = apps.map(
    (app) => html`<tr><td>${app.purpose}</td><td><code>${app.clientId}</code><br><code>${app.clientSecret}</code></td></tr>`,
  );
  return page(
    { title: `${tenantDisplayName}: demo tenant`, wide: true },
    html`<h1>${tenantDisplayName}</h1>
<p class="soft">An offline directory that speaks the protocols of Microsoft Entra ID and Microsoft Graph. Use it to try Entrada out without a tenant of your own.</p>
<h2>Change it, then reload</h2>
<p>Adds, changes and deletes a few users and memberships, so that the next reload has something to find.</p>
<form method="post" action="/change"><input type="hidden" name="token" value="${formToken}"><button class="primary">Change some data</button></form>
<h2>Sign in with</h2><p>The password of every account is <code>${info.password}</code></p>
<table><thead><tr><th>Name</th><th>User name</th><th>Kind</th></tr></thead><tbody>${users}</tbody></table>
<h2>Addresses</h2><dl><dt>Graph Base URL</dt><dd><code>${info.graphBaseUrl}</code></dd><dt>Authority</dt><dd><code>${info.authority}</code></dd><dt>Tenant</dt><dd><code>${info.tenantId}</code> or <code>${info.tenantDomain}</code></dd><dt>CA certificate</dt><dd><code>${info.caFile}</code></dd></dl>
<h2>App registrations</h2>
<table><thead><tr><th>For</th><th>Client ID and client secret</th></tr></thead><tbody>${rows}</tbody></table>`,
  );
}

/** The page after the button was pressed. */
export function changedPage(summary: unknown): EmulatorResponse {
  return page(
    { title: 'Data changed', wide: true },
    html`<h1>Data changed</h1><p>The next reload finds these changes.</p><pre tabindex="0" aria-label="Changes">${JSON.stringify(summary, null, 2)}</pre><p><a class="button" href="/">Back</a></p>`,
  );
}
