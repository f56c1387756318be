/** A form of a page, with the values of its hidden and text fields. */
export interface PageForm {
  readonly action: string;
  readonly fields: URLSearchParams;
}

/** A page in a browser without scripts. */
export interface VisitedPage {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
  /** Where the answer redirects to, when that is not the emulator itself. */
  readonly leftTo: URL | null;
}

/** A minimal browser for the sign-in pages over plain HTTP: cookies, redirects, forms. */
export interface TestBrowser {
  open(url: string): Promise<VisitedPage>;
  /** Submits the (only) form of `page` with `fields` added to its hidden ones. */
  submit(page: VisitedPage, fields: Readonly<Record<string, string>>): Promise<VisitedPage>;
}

/** A browser with an empty cookie jar that stays on `origin`. */
export function createTestBrowser(origin: string): TestBrowser {
  const cookies = new Map<string, string>();
  const visit = async (url: URL, init: RequestInit): Promise<VisitedPage> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...init, redirect: 'manual', headers: { cookie } });
    for (const header of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = header.split(';');
      const [name = '', ...value] = pair.split('=');
      if (attributes.some((attribute) => attribute.trim().toLowerCase() === 'max-age=0')) cookies.delete(name);
      else cookies.set(name, value.join('='));
    }
    const text = await response.text();
    const location = response.headers.get('location');
    if (location === null) return { url, status: response.status, text, leftTo: null };
    const target = new URL(location, url);
    return target.origin === origin ? visit(target, { method: 'GET' }) : { url, status: response.status, text, leftTo: target };
  };
  return {
    open: (url) => visit(new URL(url), { method: 'GET' }),
    submit: (page, fields) => {
      const form = readForm(page.text);
      for (const [name, value] of Object.entries(fields)) form.fields.set(name, value);
      return visit(new URL(form.action, page.url), { method: 'POST', body: form.fields });
    },
  };
}

/** The first form of a page. @throws when there is none */
export function readForm(text: string): PageForm {
  const action = /<form[^>]*\saction="([^"]*)"/.exec(text)?.[1];
  if (action === undefined) throw new Error(`The page has no form:\n${text.replace(/<style>.*<\/style>/s, '')}`);
  const fields = new URLSearchParams();
  for (const [input] of text.matchAll(/<input type="hidden"[^>]*>/g)) {
    fields.set(unescapeHtml(/name="([^"]*)"/.exec(input)?.[1] ?? ''), unescapeHtml(/value="([^"]*)"/.exec(input)?.[1] ?? ''));
  }
  return { action: unescapeHtml(action), fields };
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/**
 * Signs in at `authorizeUrl` with user name and password, and accepts a consent page if there is one.
 * @returns the final redirect: the redirect URI with `code` or `error`
 * @throws when the pages end elsewhere
 */
export async function completeSignIn(
  authorizeUrl: string,
  account: { readonly username: string; readonly password: string },
  browser: TestBrowser = createTestBrowser(new URL(authorizeUrl).origin),
): Promise<URL> {
  let page = await browser.open(authorizeUrl);
  if (page.leftTo === null && page.text.includes('name="account"'))
    page = await browser.submit(page, { account: account.username });
  if (page.leftTo === null && page.text.includes('id="password"')) {
    page = await browser.submit(page, { step: 'password', password: account.password });
  }
  if (page.leftTo === null && page.text.includes('value="accept"')) page = await browser.submit(page, { step: 'accept' });
  if (page.leftTo === null) throw new Error(`The sign-in ended on a page:\n${page.text.replace(/<style>.*<\/style>/s, '')}`);
  return page.leftTo;
}
