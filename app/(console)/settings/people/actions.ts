'use server';

import { revalidatePath } from 'next/cache';
import { ChangeRoleInput, changeRole } from '#lib/services/user/change-role.ts';
import { CreateUserInput, createUser } from '#lib/services/user/create-user.ts';
import { SetDisabledInput, setDisabled } from '#lib/services/user/set-disabled.ts';
import { defineAction } from '#lib/web/action.ts';

export const createUserAction = defineAction(CreateUserInput, async (ctx, input) => {
  await createUser({ ctx, input });
  revalidatePath('/settings/people');
  return null;
});

export const changeRoleAction = defineAction(ChangeRoleInput, async (ctx, input) => {
  await changeRole({ ctx, input });
  revalidatePath('/settings/people');
  return null;
});

export const setDisabledAction = defineAction(SetDisabledInput, async (ctx, input) => {
  await setDisabled({ ctx, input });
  revalidatePath('/settings/people');
  return null;
});
