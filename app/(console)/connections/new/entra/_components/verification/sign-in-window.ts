const FEATURES = 'popup,width=540,height=720';

/**
 * Opens the sign-in window. Call it in the click handler, before the URL is known: browsers block a window that is
 * opened after an asynchronous answer.
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
    // The window of an earlier Authenticate is reused; its page at Microsoft's origin cannot be accessed.
  }
  opened.focus();
  return opened;
}
