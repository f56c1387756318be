'use client';

import { Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useActionState, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import type { GatewayGroupDto, RegistrationKeyDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { createGatewayAction } from '../actions.ts';
import { GroupSelect } from './group-select.tsx';
import { RegistrationShown } from './registration-shown.tsx';

interface CreateGatewayProps {
  readonly groups: readonly GatewayGroupDto[];
  readonly serverUrl: string;
}

export function CreateGatewayButton(props: CreateGatewayProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Plus aria-hidden />
        Create data gateway
      </Button>
      {open ? <CreateGatewayDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

type Created = { readonly gatewayId: string; readonly registration: RegistrationKeyDto };

function CreateGatewayDialog({ groups, serverUrl, onClose }: CreateGatewayProps & { readonly onClose: () => void }) {
  const router = useRouter();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [groupId, setGroupId] = useState<GatewayGroupDto['id'] | null>(null);
  const [result, submit, pending] = useActionState<ActionResult<Created> | null>(
    () => createGatewayAction({ name, description, groupId }),
    null,
  );
  if (result?.ok) {
    const { gatewayId, registration } = result.value;
    const done = () => {
      onClose();
      router.push(`/gateways/${gatewayId}`);
    };
    return <RegistrationShown {...{ name, registration, serverUrl }} replaces={false} onClose={done} />;
  }
  const problem = result === null ? null : result.problem;
  return (
    <FormDialog
      title="Create data gateway"
      description="You get a registration key, and a command to start the gateway on a machine in the other network."
      submitLabel="Create"
      submit={submit}
      disabled={pending}
      problem={problem !== null && problem.field !== 'name' ? problem : null}
      onClose={onClose}
    >
      <Field
        label="Name"
        hint="The location of the gateway, for example its site."
        error={problem?.field === 'name' ? [problem.title, problem.remedy].filter(Boolean).join(' ') : null}
      >
        <Input
          value={name}
          required
          autoFocus
          autoComplete="off"
          maxLength={120}
          onChange={(event) => setName(event.target.value)}
        />
      </Field>
      <Field label="Description" optional>
        <Input value={description} autoComplete="off" maxLength={500} onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <GroupSelect groups={groups} value={groupId} onValueChange={setGroupId} />
    </FormDialog>
  );
}
