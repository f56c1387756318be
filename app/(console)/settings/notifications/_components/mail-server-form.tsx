'use client';

import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { ProblemAlert } from '#components/ui/feedback/problem-alert.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { PlainSelect } from '#components/ui/form/plain-select.tsx';
import { Card } from '#components/ui/layout/card.tsx';
import { MAIL_TLS_LABEL, type MailSettingsDto, MailTls } from '#lib/domain/notification/channel.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { setMailSettingsAction } from '../actions.ts';

export function MailServerForm({ mail }: { readonly mail: MailSettingsDto | null }) {
  return (
    <section aria-labelledby="mail-server" className="grid gap-3">
      <h2 id="mail-server" className="text-base font-semibold">
        Mail server
      </h2>
      {mail?.source === 'environment' ? (
        <p className="text-muted-foreground">
          {mail.host}:{mail.port}, sender {mail.sender}. The environment variable ENTRADA_SMTP_URL of the server sets this.
        </p>
      ) : (
        <Form mail={mail} />
      )}
    </section>
  );
}

function Form({ mail }: { readonly mail: MailSettingsDto | null }) {
  const [tls, setTls] = useState<MailTls>(mail?.tls ?? 'starttls');
  const [text, setText] = useState({
    host: mail?.host ?? '',
    port: String(mail?.port ?? 587),
    user: mail?.user ?? '',
    password: '',
    sender: mail?.sender ?? '',
  });
  const [result, submit, pending] = useActionState<ActionResult<MailSettingsDto | null> | null>(async () => {
    const { host, port, user, password, sender } = text;
    const server = { host, port: Number(port), tls, user: user || null, password: password || null, sender };
    const answer = await setMailSettingsAction({ server });
    if (answer.ok) toast.success('Saved the mail server');
    return answer;
  }, null);
  const input = (name: keyof typeof text, more: { readonly type?: string; readonly required?: boolean } = {}) => (
    <Input
      value={text[name]}
      autoComplete={name === 'password' ? 'new-password' : 'off'}
      onChange={(event) => setText({ ...text, [name]: event.target.value })}
      {...more}
    />
  );
  return (
    <Card className="p-4">
      <form action={submit} className="grid gap-4 sm:grid-cols-2">
        {result?.ok === false ? (
          <div className="sm:col-span-2">
            <ProblemAlert problem={result.problem} />
          </div>
        ) : null}
        <Field label="Host">{input('host', { required: true })}</Field>
        <Field label="Port">{input('port', { required: true, type: 'number' })}</Field>
        <Field label="Sender" hint="Entrada <entrada@contoso.example>">
          {input('sender', { required: true })}
        </Field>
        <div className="grid content-start gap-1.5">
          <span className="text-sm font-medium">Encryption</span>
          <PlainSelect
            aria-label="Encryption"
            value={tls}
            options={MailTls.options.map((option) => [option, MAIL_TLS_LABEL[option]])}
            onChange={(next) => setTls(MailTls.parse(next))}
          />
        </div>
        <Field label="User" optional>
          {input('user')}
        </Field>
        <Field
          label="Password"
          optional
          hint={mail?.hasPassword ? 'A password is stored. Leave the field empty to keep it.' : undefined}
        >
          {input('password', { type: 'password' })}
        </Field>
        <div className="sm:col-span-2">
          <Button type="submit" disabled={pending}>
            Save mail server
          </Button>
        </div>
      </form>
    </Card>
  );
}
