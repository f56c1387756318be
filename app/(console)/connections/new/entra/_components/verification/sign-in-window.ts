const FEATURES = 'popup,width=540,height=720';

/**
 * Opens the window that the sign-in page goes into. It must happen in the click itself, before the address is known: a window that is
 * opened after an answer of the server is a pop-up to be blocked.
 * @returns null when the browser blocked it.
 */
export function openSignInWindow(): Window | null {
  const opened = window.open('about:blank', 'entrada-sign-in', FEATURES);
  if (opened === null) return null;
  try {
    opened.document.title = 'Sign in';
    opened.document.body.style.cssText = 'font:14px system-ui,sans-serif;display:grid;place-items:center;height:90vh;color:#555';
    opened.document.body.textContent = 'Opening the sign-in page…';
  } catch {
    // The window of an earlier Authenticate is reused and still shows Microsoft's page.
  }
  opened.focus();
  return opened;
}
