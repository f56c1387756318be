/**
 * Copies text. `navigator.clipboard` exists only on HTTPS and localhost, which a self-hosted console may not use: then the text is
 * selected in a field and copied with `execCommand`.
 * @returns whether it was copied.
 */
export async function copyToClipboard(text: string): Promise<boolean> {
  try {
    if (window.isSecureContext) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    return copyBySelection(text);
  }
  return copyBySelection(text);
}

function copyBySelection(text: string): boolean {
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.cssText = 'position:fixed;top:0;opacity:0';
  const focused = document.activeElement;
  // Inside an open dialog, whose focus trap would otherwise remove the selection.
  const host = focused?.closest('[role=dialog]') ?? document.body;
  host.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
