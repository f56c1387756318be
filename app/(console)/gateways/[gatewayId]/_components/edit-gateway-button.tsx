'use client';

import { Pencil } from 'lucide-react';
import { useActionState, useState } from 'react';
import { toast } from 'sonner';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/form/checkbox.tsx';
import { Field } from '#components/ui/form/field.tsx';
import { Input } from '#components/ui/form/input.tsx';
import { FormDialog } from '#components/ui/overlay/form-dialog.tsx';
import type { GatewayDetailDto, GatewayGroupDto } from '#lib/domain/gateway/gateway-dto.ts';
import type { ActionResult } from '#lib/domain/problem.ts';
import { GroupSelect } from '../../_components/group-select.tsx';
import { updateGatewayAction } from '../../actions.ts';

interface EditGatewayProps {
  readonly gateway: GatewayDetailDto;
  readonly groups: readonly GatewayGroupDto[];
}

export function EditGatewayButton(props: EditGatewayProps) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="sm" variant="outline" onClick={() => setOpen(true)}>
        <Pencil aria-hidden />
        Edit
      </Button>
      {open ? <EditGatewayDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function EditGatewayDialog({ gateway, groups, onClose }: EditGatewayProps & { readonly onClose: () => void }) {
  const [form, setForm] = useState({
    ...{ name: gateway.name, description: gateway.description, groupId: gateway.group?.id ?? null },
    ...{ allowPreviews: gateway.allowPreviews, allowLandedRows: gateway.allowLandedRows },
  });
  const change = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const [result, submit, pending] = useActionState<ActionResult<null> | null>(async () => {
    const answer = await updateGatewayAction({ gatewayId: gateway.id, ...form });
    if (answer.ok) {
      toast.success(`Saved ${form.name}`);
      onClose();
    }
    return answer;
  }, null);
  const problem = result?.ok === false ? result.problem : null;
  return (
    <FormDialog
      title={`Edit ${gateway.name}`}
      submitLabel="Save"
      submit={submit}
      disabled={pending}
      problem={problem !== null && problem.field !== 'name' ? problem : null}
      onClose={onClose}
    >
      <Field label="Name" error={problem?.field === 'name' ? problem.title : null}>
        <Input value={form.name} required autoComplete="off" onChange={(event) => change({ name: event.target.value })} />
      </Field>
      <Field label="Description" optional>
        <Input value={form.description} autoComplete="off" onChange={(event) => change({ description: event.target.value })} />
      </Field>
      <GroupSelect groups={groups} value={form.groupId} onValueChange={(groupId) => change({ groupId })} />
      <fieldset className="grid gap-2">
        <legend className="mb-1.5 text-sm font-medium">Rows that may pass this server</legend>
        <RowsChoice label="Previews" checked={form.allowPreviews} onChecked={(allowPreviews) => change({ allowPreviews })} />
        <RowsChoice
          label="Landed rows and What changed"
          checked={form.allowLandedRows}
          onChecked={(allowLandedRows) => change({ allowLandedRows })}
        />
        <p className="text-xs text-muted-foreground">
          All other rows go from the gateway directly to the target. Entrada shows nobody the rows that you turn off here.
        </p>
      </fieldset>
    </FormDialog>
  );
}

interface RowsChoiceProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}

function RowsChoice({ label, checked, onChecked }: RowsChoiceProps) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the checkbox in it is a button of Radix
    <label className="flex items-center gap-2 text-sm">
      <Checkbox checked={checked} onCheckedChange={(next) => onChecked(next === true)} />
      {label}
    </label>
  );
}
