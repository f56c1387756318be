import { expect, it } from 'vitest';
import { verifyPassword } from '#lib/platform/password.ts';
import { findUserByEmail } from '#lib/store/users.ts';
import { createTestWorld } from '../testing/test-context.ts';
import { createUser } from './create-user.ts';
import { setPassword } from './set-password.ts';
