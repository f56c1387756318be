'use client';

import { Pencil, Plus } from 'lucide-react';
import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import type { GatewayDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { createGatewayGroupAction, updateGatewayGroupAction } from '../actions.ts';

interface GroupButtonProps {
  readonly gateways: readonly Pick<GatewayDto, 'id' | 'name' | 'group'>[];
  /** The group to change; absent: creates one. */
  readonly group?: GatewayGroupDto;
}

/** Creates a group, or changes its name and members. */
export function GroupButton({ gateways, group }: GroupButtonProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" variant="outline" onClick={() => setOpen(true)}>
        {group === undefined ? <Plus aria-hidden /> : <Pencil aria-hidden />}
        {group === undefined ? 'Create group' : 'Edit'}
      </Button>
      {open ? <GroupDialog gateways={gateways} group={group ?? null} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface GroupDialogProps {
  readonly gateways: GroupButtonProps['gateways'];
  readonly group: GatewayGroupDto | null;
  readonly onClose: () => void;
}

function GroupDialog({ gateways, group, onClose }: GroupDialogProps) {
  const [name, setName] = useState(group?.name ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [members, setMembers] = useState<ReadonlySet<string>>(new Set(group?.members.map(({ id }) => id)));
  const [result, submit, pending] = useActionState<ActionResult<null> | null>(async () => {
    const gatewayIds = gateways.filter(({ id }) => members.has(id)).map(({ id }) => id);
    const settings = { name, description, gatewayIds };
    const answer = await (group === null
      ? createGatewayGroupAction(settings)
      : updateGatewayGroupAction({ ...settings, gatewayGroupId: group.id }));
    if (answer.ok) {
      toast.success(`${group === null ? 'Created' : 'Saved'} ${name}`);
      onClose();
    }
    return answer;
  }, null);
  const problem = result?.ok === false ? result.problem : null;
  return (
    <FormDialog
      title={group === null ? 'Create group' : `Edit ${group.name}`}
      submitLabel={group === null ? 'Create group' : 'Save'}
      submit={submit}
      disabled={pending}
      problem={problem !== null && problem.field !== 'name' ? problem : null}
      onClose={onClose}
    >
      <Field label="Name" error={problem?.field === 'name' ? problem.title : null}>
        <Input value={name} required autoFocus autoComplete="off" onChange={(event) => setName(event.target.value)} />
      </Field>
      <Field label="Description" optional>
        <Input value={description} autoComplete="off" onChange={(event) => setDescription(event.target.value)} />
      </Field>
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 text-sm font-medium">Gateways</legend>
        {gateways.map((gateway) => (
          // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox in it is a button of Radix
          <label key={gateway.id} className="flex items-center gap-2 text-sm">
            <Checkbox
              checked={members.has(gateway.id)}
              onCheckedChange={(checked) => setMembers(withMember(members, gateway.id, checked === true))}
            />
            <span>
              {gateway.name}
              {gateway.group === null || gateway.group.id === group?.id ? null : (
                <span className="text-xs text-muted-foreground"> leaves {gateway.group.name}</span>
              )}
            </span>
          </label>
        ))}
      </fieldset>
    </FormDialog>
  );
}

function withMember(members: ReadonlySet<string>, id: string, is: boolean): ReadonlySet<string> {
  return is ? new Set([...members, id]) : new Set([...members].filter((member) => member !== id));
}
