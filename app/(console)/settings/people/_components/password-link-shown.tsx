import { ShownOnceDialog } from '#components/ui/overlay/shown-once-dialog.tsx';

/** A link by which `email` sets a password. */
export interface LinkToShow {
  readonly email: string;
  readonly url: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

interface PasswordLinkShownProps {
  readonly link: LinkToShow;
  readonly onClose: () => void;
}

export function PasswordLinkShown({ link, onClose }: PasswordLinkShownProps) {
  const until = link.expiresAt.slice(0, 16).replace('T', ' ');
  return (
    <ShownOnceDialog
      title={`Link for ${link.email}`}
      description={`Give this link only to this person: anyone who opens it can set the password. The link works once, until ${until} UTC. Entrada does not show it again.`}
      code={link.url}
      label="link"
      onClose={onClose}
    />
  );
}
