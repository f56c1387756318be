import type { EmulatorResponse, SignInUser } from '#lib/emulator/contract.ts';
import { describeScope } from '#lib/emulator/entra/registration/permissions.ts';
import type { ErrorStamp, OauthError } from '#lib/emulator/entra/token/oauth-error.ts';
import { type Html, html, page } from './html.ts';

/** Values of every form of the sign-in pages. */
export interface FormBase {
  /** Target of the forms: `/<tenant>/login`. */
  readonly action: string;
  /** The encrypted request. */
  readonly flow: string;
  /** Name of the requesting app. */
  readonly appName: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function form(base: FormBase, content: Html): Html {
  return html`<form method="post" action="${base.action}"><input type="hidden" name="flow" value="${base.flow}">${content}</form>`;
}

function withHeaders(base: FormBase): { readonly headers?: Readonly<Record<string, string>> } {
  return base.headers === undefined ? {} : { headers: base.headers };
}

/** "Pick an account": signed-in accounts, then suggestions. */
export function accountPage(base: FormBase, signedIn: readonly SignInUser[], suggested: readonly SignInUser[]): EmulatorResponse {
  const others = suggested.filter((user) => !signedIn.some(({ id }) => id === user.id));
  return page(
    { title: 'Pick an account', ...withHeaders(base) },
    html`<h1>Pick an account</h1><p class="soft">to continue to ${base.appName}</p>
${form(
  base,
  html`<ul class="accounts">${signedIn.map((user) => accountRow(user, 'Signed in'))}${others.map((user) => accountRow(user, accountKind(user)))}
<li><button name="step" value="other"><span class="avatar" aria-hidden="true">+</span><span class="name">Use another account</span><span></span><span class="upn">Type any user name of the demo tenant</span></button></li></ul>
<div class="row"><button name="step" value="cancel">Cancel</button></div>`,
)}`,
  );
}

function accountKind(user: SignInUser): string {
  if (!user.accountEnabled) return 'Disabled';
  if (user.isAdmin) return 'Administrator';
  return user.isGuest ? 'Guest' : 'Member';
}

function accountRow(user: SignInUser, tag: string): Html {
  const initials = user.displayName
    .split(/\s+/)
    .map((word) => [...word][0] ?? '')
    .slice(0, 2)
    .join('')
    .toUpperCase();
  return html`<li><button name="account" value="${user.userPrincipalName}"><span class="avatar" aria-hidden="true">${initials}</span><span class="name">${user.displayName}</span><span class="tag">${tag}</span><span class="upn">${user.userPrincipalName}</span></button></li>`;
}

/** A message under a field, in Entra's form, with its error number. */
export interface FieldError {
  readonly text: string;
  readonly aadsts?: number;
}

function fieldError(error: FieldError | null): Html | null {
  if (error === null) return null;
  const number = error.aadsts === undefined ? null : html` <span class="small">(AADSTS${error.aadsts})</span>`;
  return html`<p class="error" id="field-error" role="alert">${error.text}${number}</p>`;
}

function invalid(error: FieldError | null): Html | null {
  return error === null ? null : html` aria-invalid="true" aria-describedby="field-error"`;
}

/** "Sign in": enter a user name. */
export function usernamePage(base: FormBase, username: string, error: FieldError | null): EmulatorResponse {
  return page(
    { title: 'Sign in', ...withHeaders(base) },
    html`<h1>Sign in</h1><p class="soft">to continue to ${base.appName}</p>
${form(
  base,
  html`<label for="username">User name</label>
<input id="username" name="username" type="text" value="${username}" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus required${invalid(error)}>
${fieldError(error)}
<div class="row reversed"><button class="primary" name="step" value="username">Next</button><button name="step" value="pick" formnovalidate>Back</button></div>`,
)}`,
  );
}

/** "Enter password". `hint` shows the demo password. */
export function passwordPage(base: FormBase, username: string, hint: string, error: FieldError | null): EmulatorResponse {
  return page(
    { title: 'Enter password', ...withHeaders(base) },
    html`<p class="soft small">${username}</p><h1>Enter password</h1>
${form(
  base,
  html`<input type="hidden" name="username" value="${username}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" autofocus required${invalid(error)}>
${fieldError(error)}
<p class="soft small">Every account of the demo tenant has the password <code>${hint}</code></p>
<div class="row reversed"><button class="primary" name="step" value="password">Sign in</button><button name="step" value="pick" formnovalidate>Back</button></div>`,
)}`,
  );
}

function permissionList(names: readonly string[]): Html {
  const rows = names.map((name) => {
    const { title, description } = describeScope(name);
    return html`<li><strong>${title}</strong><span class="soft small">${description}</span> <code class="small">${name}</code></li>`;
  });
  return html`<ul class="permissions">${rows}</ul>`;
}

/** "Permissions requested". An administrator may accept for everyone; on the admin consent endpoint that is the only choice. */
export function consentPage(
  base: FormBase,
  user: SignInUser,
  names: readonly string[],
  forEveryone: 'never' | 'choice' | 'always',
): EmulatorResponse {
  const choice = html`<label class="check"><input type="checkbox" name="organization" value="1"><span>Consent on behalf of your organization. Nobody else will be asked again.</span></label>`;
  const always = html`<p class="soft small">If you accept, the app gets these permissions for all users of your organization.</p>`;
  return page(
    { title: 'Permissions requested', ...withHeaders(base) },
    html`<p class="soft small">${user.userPrincipalName}</p><h1>Permissions requested</h1>
<p><strong>${base.appName}</strong><br><span class="soft small">unverified</span></p><p>This app would like to:</p>
${permissionList(names)}
${form(
  base,
  html`${forEveryone === 'choice' ? choice : forEveryone === 'always' ? always : null}
<div class="row reversed"><button class="primary" name="step" value="accept">Accept</button><button name="step" value="cancel">Cancel</button></div>`,
)}`,
  );
}

/** "Need admin approval" (AADSTS90094): the person can use another account, or return without consent. */
export function adminApprovalPage(
  base: FormBase,
  user: SignInUser,
  names: readonly string[],
  stamp: ErrorStamp,
): EmulatorResponse {
  return page(
    { title: 'Need admin approval', ...withHeaders(base) },
    html`<p class="soft small">${user.userPrincipalName}</p><h1>Need admin approval</h1>
<p><strong>${base.appName}</strong> needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.</p>
${permissionList(names)}
${form(
  base,
  html`<div class="row"><button name="step" value="pick">Have an admin account? Sign in with that account</button><button name="step" value="cancel">Return to the application without granting consent</button></div>`,
)}
<h2>Details</h2>${details(90094, stamp)}`,
  );
}

function details(aadsts: number, stamp: ErrorStamp): Html {
  return html`<dl><dt>Error code</dt><dd>AADSTS${aadsts}</dd><dt>Request Id</dt><dd>${stamp.traceId}</dd><dt>Correlation Id</dt><dd>${stamp.correlationId}</dd><dt>Timestamp</dt><dd>${stamp.timestamp}</dd></dl>`;
}

/** An error that Entra shows on its own page instead of sending it to the app. */
export function errorPage(error: OauthError, stamp: ErrorStamp): EmulatorResponse {
  return page(
    { title: 'Sign in', status: error.status },
    html`<h1>Sorry, but we’re having trouble signing you in.</h1><p>AADSTS${error.aadsts}: ${error.text}</p>
<h2>Troubleshooting details</h2>${details(error.aadsts, stamp)}`,
  );
}

/** A page with a message. */
export function messagePage(title: string, text: string, status = 200): EmulatorResponse {
  return page({ title, status }, html`<h1>${title}</h1><p>${text}</p>`);
}

/** Posts `parameters` to `target` automatically, or without scripts by a button. @see OAuth 2.0 Form Post Response Mode */
export function formPostPage(target: string, parameters: URLSearchParams): EmulatorResponse {
  const fields = [...parameters].map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
  return page(
    { title: 'Working...', script: 'document.forms[0].submit()' },
    html`<h1>Back to the app</h1><form method="post" action="${target}">${fields}<button class="primary">Continue</button></form>`,
  );
}
