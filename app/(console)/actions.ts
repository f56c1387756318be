'use server';

import { z } from 'zod';
import { defineAction } from '#lib/web/action.ts';
import { signOutHere } from '#lib/web/sign-in.ts';

export const signOutAction = defineAction(z.null(), () => signOutHere());
