/**
 * Copies text. `navigator.clipboard` exists on https and localhost only, and a self-hosted console may be neither: then the text is
 * selected in a field and copied the old way.
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
  // Inside an open dialog: elsewhere the dialog's focus trap would take the selection away.
  const host = focused?.closest('[role=dialog]') ?? document.body;
  host.append(field);
  field.select();
  const copied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return copied;
}
