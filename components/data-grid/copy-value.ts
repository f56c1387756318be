import { toast } from 'sonner';
import { copyToClipboard } from '#components/ui/copy-to-clipboard.ts';

/** Copies a value and says so. @param what the value, to show */
export async function copyValue(text: string, what: string): Promise<void> {
  if (await copyToClipboard(text)) toast.success(`Copied ${what}`);
  else toast.error('The browser did not let Entrada copy. Select the text and copy it by hand.');
}
