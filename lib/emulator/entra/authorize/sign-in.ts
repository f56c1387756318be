import { z } from 'zod';
import type { EmulatorRequest, EmulatorResponse, SignInUser } from '#lib/emulator/contract.ts';
import { type EntraContext, recordConsent, requireApp, resolveTenant } from '#lib/emulator/entra/context.ts';
import { issueCode } from '#lib/emulator/entra/token/code.ts';
import { consentDeclined, consentRequired, OauthError, stampError } from '#lib/emulator/entra/token/oauth-error.ts';
import { clientInfo } from '#lib/emulator/entra/token/tokens.ts';
import { AuthorizeRequest, reply, replyError } from './authorize-request.ts';
import { consentQuestion } from './consent.ts';
import {
  accountPage,
  adminApprovalPage,
  consentPage,
  type FieldError,
  type FormBase,
  messagePage,
  passwordPage,
  usernamePage,
} from './pages.ts';
import { type BrowserSession, readSession, sessionCookie, signInTo } from './session.ts';

/** State that is sent encrypted from page to page. */
const Flow = z.object({
  request: AuthorizeRequest,
  /** The person who has signed in for this request; null before. */
  userId: z.string().nullable(),
  signedInMs: z.number(),
});
type Flow = z.infer<typeof Flow>;

/** One request to a page of the sign-in. */
interface Visit {
  readonly context: EntraContext;
  readonly flow: Flow;
  readonly session: BrowserSession;
}

/** The first answer to an authorize request: a page, or a redirect when nothing has to be asked. */
export function startSignIn(context: EntraContext, http: EmulatorRequest, request: AuthorizeRequest): EmulatorResponse {
  const session = readSession(context, http);
  const visit: Visit = { context, session, flow: { request, userId: null, signedInMs: 0 } };
  if (request.prompt === 'none') return signInSilently(visit);
  const hint = request.loginHint?.toLowerCase();
  if (request.prompt === 'select_account') return showAccounts(visit);
  if (request.prompt !== 'login') {
    const known = session.users.filter(({ user }) => hint === undefined || user.userPrincipalName.toLowerCase() === hint);
    const [only, ...others] = known;
    if (only !== undefined && others.length === 0) return proceed(signedIn(visit, only.user, only.signedInMs));
  }
  return request.loginHint === null ? showAccounts(visit) : checkUsername(visit, request.loginHint);
}

/** `prompt=none`: no page may be shown. @see OpenID Connect Core section 3.1.2.1 */
function signInSilently(visit: Visit): EmulatorResponse {
  const { context, session, flow } = visit;
  const hint = flow.request.loginHint?.toLowerCase();
  const known = session.users.filter(({ user }) => hint === undefined || user.userPrincipalName.toLowerCase() === hint);
  const [only, ...others] = known;
  if (only === undefined) {
    const text = 'Session information is not sufficient for single-sign-on.';
    return replyError(
      context,
      flow.request,
      new OauthError(50058, `A silent sign-in request was sent but no user is signed in. ${text}`),
    );
  }
  if (others.length > 0) {
    const text =
      'Either multiple user identities are available for the current request or selected account is not supported for the scenario.';
    return replyError(context, flow.request, new OauthError(16000, text));
  }
  const app = requireApp(context, flow.request.clientId, resolveTenant(context, flow.request.tenant));
  if (consentQuestion(context, app, flow.request, only.user).names.length > 0) {
    return replyError(context, flow.request, consentRequired(app, { error: 'interaction_required' }));
  }
  return finish(signedIn(visit, only.user, only.signedInMs), only.user);
}

/**
 * `POST /{tenant}/login`: one step of the sign-in pages.
 * @throws OauthError 9002313 when the form is not from these pages
 */
export function continueSignIn(context: EntraContext, http: EmulatorRequest): EmulatorResponse {
  const form = new URLSearchParams(Buffer.from(http.body).toString('utf8'));
  const opened = context.sealer.open('flow', form.get('flow') ?? '');
  const parsed = opened.ok ? Flow.safeParse(opened.value) : null;
  if (parsed?.success !== true) throw new OauthError(9002313, 'Invalid request. Request is malformed or invalid.');
  const visit: Visit = { context, flow: parsed.data, session: readSession(context, http) };
  const account = form.get('account');
  if (account !== null) return pickAccount(visit, account);
  switch (form.get('step')) {
    case 'pick':
      return showAccounts(visit);
    case 'other':
      return usernamePage(formBase(visit), '', null);
    case 'username':
      return checkUsername(visit, form.get('username') ?? '');
    case 'password':
      return checkPassword(visit, form.get('username') ?? '', form.get('password') ?? '');
    case 'accept':
      return accept(visit, form.get('organization') === '1');
    case 'cancel':
      return decline(visit);
    default:
      throw new OauthError(9002313, 'Invalid request. Request is malformed or invalid.');
  }
}

function formBase(visit: Visit): FormBase {
  const { context, flow, session } = visit;
  const app = requireApp(context, flow.request.clientId, resolveTenant(context, flow.request.tenant));
  return {
    action: `/${flow.request.tenant}/login`,
    flow: context.sealer.seal('flow', flow),
    appName: app.displayName,
    ...(session.users.length === 0 ? {} : { headers: sessionCookie(context, session) }),
  };
}

function showAccounts(visit: Visit): EmulatorResponse {
  const known = visit.session.users.map(({ user }) => user);
  return accountPage(formBase(visit), known, visit.context.directory.suggestedUsers());
}

function pickAccount(visit: Visit, username: string): EmulatorResponse {
  const entry = visit.session.users.find(({ user }) => user.userPrincipalName === username);
  // prompt=login requires the password even when signed in.
  if (entry !== undefined && visit.flow.request.prompt !== 'login') return proceed(signedIn(visit, entry.user, entry.signedInMs));
  return checkUsername(visit, username);
}

function checkUsername(visit: Visit, typed: string): EmulatorResponse {
  const username = typed.trim();
  if (username === '') return usernamePage(formBase(visit), '', { text: 'Enter a user name.' });
  const user = visit.context.directory.findUser(username);
  if (user !== null) return passwordPage(formBase(visit), user.userPrincipalName, visit.context.password, null);
  return usernamePage(formBase(visit), username, unknownUser(visit, username));
}

function unknownUser(visit: Visit, username: string): FieldError {
  const directory = visit.context.directory.tenantDisplayName;
  return {
    text: `We couldn't find an account with that username. The user account ${username} does not exist in the ${directory} directory.`,
    aadsts: 50034,
  };
}

function checkPassword(visit: Visit, username: string, password: string): EmulatorResponse {
  const { context } = visit;
  const user = context.directory.findUser(username);
  if (user === null) return usernamePage(formBase(visit), username, unknownUser(visit, username));
  const again = (error: FieldError) => passwordPage(formBase(visit), user.userPrincipalName, context.password, error);
  if (password === '') return again({ text: 'Please enter your password.' });
  if (password !== context.password) {
    return again({
      text: "Your account or password is incorrect. If you don't remember your password, it is shown below.",
      aadsts: 50126,
    });
  }
  // Only after the correct password the answer shows that the account is disabled.
  if (!user.accountEnabled) return again({ text: 'Your account has been locked. The user account is disabled.', aadsts: 50057 });
  const now = context.clock.now().getTime();
  return proceed(signedIn({ ...visit, session: signInTo(visit.session, user, now) }, user, now));
}

function signedIn(visit: Visit, user: SignInUser, signedInMs: number): Visit {
  return { ...visit, flow: { ...visit.flow, userId: user.id, signedInMs } };
}

/** After the password: asks for consent, or redirects to the app. */
function proceed(visit: Visit): EmulatorResponse {
  const { context, flow } = visit;
  const { user, app, question } = consentState(visit);
  if (question.names.length === 0) return finish(visit, user);
  if (question.adminOnly && !user.isAdmin) {
    const stamp = stampError(context.clock.now(), flow.request.correlationId);
    return adminApprovalPage(formBase(visit), user, question.names, stamp);
  }
  const everyone = flow.request.kind === 'adminconsent' ? 'always' : user.isAdmin ? 'choice' : 'never';
  return consentPage({ ...formBase(visit), appName: app.displayName }, user, question.names, everyone);
}

function consentState(visit: Visit) {
  const { context, flow } = visit;
  const user = flow.userId === null ? null : context.directory.userById(flow.userId);
  if (user === null) throw new OauthError(50058, 'Session information is not sufficient for single-sign-on.');
  const app = requireApp(context, flow.request.clientId, resolveTenant(context, flow.request.tenant));
  return { user, app, question: consentQuestion(context, app, flow.request, user) };
}

function accept(visit: Visit, organization: boolean): EmulatorResponse {
  const { context, flow } = visit;
  const { user, app, question } = consentState(visit);
  if (question.adminOnly && !user.isAdmin) return proceed(visit);
  const forEveryone = user.isAdmin && (organization || flow.request.kind === 'adminconsent');
  recordConsent(context, app, { userId: user.id, names: question.names, forEveryone });
  return finish(visit, user);
}

/** Redirects to the app with a code (or, from admin consent, with the granted permissions). */
function finish(visit: Visit, user: SignInUser): EmulatorResponse {
  const { context, flow, session } = visit;
  const { request } = flow;
  const cookie = session.users.length === 0 ? {} : sessionCookie(context, session);
  if (request.kind === 'device') {
    context.devices.approve(request.state ?? '', user.id, flow.signedInMs);
    const app = requireApp(context, request.clientId, resolveTenant(context, request.tenant));
    const done = messagePage(`You have signed in to ${app.displayName} on your device`, 'You may now close this window.');
    return { ...done, headers: { ...done.headers, ...cookie } };
  }
  const answer =
    request.kind === 'adminconsent'
      ? reply(request, { admin_consent: 'True', tenant: context.directory.tenantId, scope: request.scope })
      : reply(request, {
          code: issueCode(context, request, user.id, flow.signedInMs),
          ...(request.clientInfo ? { client_info: clientInfo(context, user) } : {}),
          session_state: session.id,
        });
  return { ...answer, headers: { ...answer.headers, ...cookie } };
}

/** Cancel, and "return without granting consent". */
function decline(visit: Visit): EmulatorResponse {
  const { context, flow } = visit;
  if (flow.request.kind === 'device') {
    context.devices.decline(flow.request.state ?? '');
    return messagePage('You cancelled the sign-in', 'Your device was not signed in. You may now close this window.');
  }
  if (flow.request.kind === 'adminconsent') {
    const refusal = consentDeclined({ error: 'consent_required' });
    const answer = replyError(context, flow.request, refusal);
    const location = new URL(answer.headers['location'] ?? flow.request.redirectUri);
    location.searchParams.set('admin_consent', 'True');
    location.searchParams.set('tenant', context.directory.tenantId);
    return { ...answer, headers: { ...answer.headers, location: location.href } };
  }
  return replyError(context, flow.request, consentDeclined({ suberror: 'cancel' }));
}
