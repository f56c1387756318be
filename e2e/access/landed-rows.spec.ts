import { test } from '../support/fixtures.ts';
import { expectSignedOutRefused, NOBODY } from '../support/refusals.ts';

test('the signed-out see no landed rows', async ({ page }) => {
  await expectSignedOutRefused(page, [`/tasks/${NOBODY.task}/data/users`, `/tasks/${NOBODY.task}/data/users?offset=200`]);
});
