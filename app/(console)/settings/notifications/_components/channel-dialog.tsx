'use client';

import { useActionState, useState } from 'react';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import { ShownOnceDialog } from '#components/ui/overlay/shown-once-dialog.tsx';
import { CHANNEL_KIND_LABEL, ChannelKind } from '#lib/domain/notification/channel.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { createChannelAction } from '../actions.ts';

const URL_HINT: Readonly<Record<Exclude<ChannelKind, 'email'>, string>> = {
  webhook: 'Entrada sends JSON by POST, signed as Standard Webhooks.',
  slack: 'The URL of an incoming webhook of your Slack workspace.',
  teams: 'The URL of a workflow that posts to a channel when a webhook request is received.',
};

interface ChannelDialogProps {
  readonly hasMail: boolean;
  readonly onClose: () => void;
}

export function ChannelDialog({ hasMail, onClose }: ChannelDialogProps) {
  const [name, setName] = useState('');
  const [kind, setKind] = useState<ChannelKind>('webhook');
  const [url, setUrl] = useState('');
  const [to, setTo] = useState('');
  const [result, submit, pending] = useActionState<ActionResult<{ signingSecret: string | null }> | null>(async () => {
    const addresses = to.split(/[\s,;]+/).filter((part) => part !== '');
    const target = kind === 'email' ? { kind, to: addresses } : { kind, url };
    const answer = await createChannelAction({ name, target });
    if (answer.ok && answer.value.signingSecret === null) onClose();
    return answer;
  }, null);
  if (result?.ok && result.value.signingSecret !== null) {
    return (
      <ShownOnceDialog
        title="Signing secret"
        description="Give this secret to the receiver, which uses it to check the signature of each request. Entrada does not show it again."
        code={result.value.signingSecret}
        label="signing secret"
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title="Create channel"
      submitLabel="Create channel"
      submit={submit}
      disabled={pending}
      problem={result?.ok === false ? result.problem : null}
      onClose={onClose}
    >
      <Field label="Name">
        <Input value={name} required autoFocus autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <PlainSelect
        aria-label="Kind"
        value={kind}
        options={ChannelKind.options.map((option) => [option, CHANNEL_KIND_LABEL[option]])}
        onChange={(next) => setKind(ChannelKind.parse(next))}
      />
      {kind === 'email' ? (
        <Field label="To" hint={hasMail ? 'Addresses, separated by commas.' : 'Enter the mail server below first.'}>
          <Input value={to} required autoComplete="off" onChange={(event) => setTo(event.target.value)} />
        </Field>
      ) : (
        <Field label="URL" hint={URL_HINT[kind]}>
          <Input type="url" value={url} required autoComplete="off" onChange={(event) => setUrl(event.target.value)} />
        </Field>
      )}
    </FormDialog>
  );
}
