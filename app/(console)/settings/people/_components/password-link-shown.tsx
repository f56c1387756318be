import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import {
  Dialog,
  DialogContent,
  DialogDescription,
  DialogFooter,
  DialogHeader,
  DialogTitle,
} from '#components/ui/overlay/dialog.tsx';

/** A link by which `email` sets a password. */
export interface LinkToShow {
  readonly email: string;
  readonly url: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** The only time that the link is shown: the dialog closes by its button alone, not by a stray click beside it. */
export function PasswordLinkShown({ link, onClose }: { readonly link: LinkToShow; readonly onClose: () => void }) {
  return (
    <Dialog open onOpenChange={(next) => !next && onClose()}>
      <DialogContent onInteractOutside={(event) => event.preventDefault()} className="min-w-0">
        <DialogHeader>
          <DialogTitle>Link for {link.email}</DialogTitle>
          <DialogDescription>
            Give it to this person alone: whoever opens it sets the password. It works once, until{' '}
            {link.expiresAt.slice(0, 16).replace('T', ' ')} UTC, and is not shown again.
          </DialogDescription>
        </DialogHeader>
        <CodeBlock code={link.url} label="link" wrap />
        <DialogFooter>
          <Button onClick={onClose}>Done</Button>
        </DialogFooter>
      </DialogContent>
    </Dialog>
  );
}
