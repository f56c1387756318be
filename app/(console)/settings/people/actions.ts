'use server';

import { revalidatePath } from 'next/cache';
import { CreatePasswordLinkInput, createPasswordLink } from '#lib/services/password/create-password-link.ts';
import { ChangeRoleInput, changeRole } from '#lib/services/user/change-role.ts';
import { SetEntraRolesInput, setEntraRoles } from '#lib/services/user/entra-roles.ts';
import { InviteUserInput, inviteUser } from '#lib/services/user/invite-user.ts';
import { SetDisabledInput, setDisabled } from '#lib/services/user/set-disabled.ts';
import { defineAction } from '#lib/web/action.ts';

export const inviteUserAction = defineAction('admin', InviteUserInput, async (ctx, input) => {
  const { user, link } = await inviteUser({ ctx, input });
  revalidatePath('/settings/people');
  return { email: user.email, ...link };
});

export const createPasswordLinkAction = defineAction('admin', CreatePasswordLinkInput, (ctx, input) =>
  createPasswordLink({ ctx, input }),
);

export const changeRoleAction = defineAction('admin', ChangeRoleInput, async (ctx, input) => {
  await changeRole({ ctx, input });
  revalidatePath('/settings/people');
  return null;
});

export const setDisabledAction = defineAction('admin', SetDisabledInput, async (ctx, input) => {
  await setDisabled({ ctx, input });
  revalidatePath('/settings/people');
  return null;
});

export const setEntraRolesAction = defineAction('admin', SetEntraRolesInput, async (ctx, input) => {
  const rules = await setEntraRoles({ ctx, input });
  revalidatePath('/settings/people');
  return rules;
});
