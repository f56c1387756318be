import { expectAccessible, test } from './support/fixtures.ts';

// The error check of all other tests: each of these must fail.
test.describe('the watch over pages', () => {
  test.fail('fails a test whose page logs an error', async ({ page }) => {
    await page.goto('/sign-in');
    await page.evaluate(() => console.error('planted'));
  });

  test.fail('fails a test whose page throws', async ({ page }) => {
    await page.goto('/sign-in');
    await page.evaluate(
      () =>
        new Promise((done) =>
          setTimeout(() =>
            done(
              queueMicrotask(() => {
                throw new Error('planted');
              }),
            ),
          ),
        ),
    );
    await page.evaluate(() => new Promise(requestAnimationFrame));
  });

  test.fail('fails a test whose page asks a server that is not there', async ({ page }) => {
    await page.goto('/sign-in');
    await page.evaluate(() => fetch('http://localhost:1/').catch(() => {}));
  });

  test.fail('finds a field without a label', async ({ page }) => {
    await page.goto('/sign-in');
    await page.evaluate(() => document.body.append(document.createElement('input')));
    await expectAccessible(page);
  });

  test.describe('with an error that is allowed', () => {
    test.use({ allowedErrors: [/planted/] });
    test('lets it pass', async ({ page }) => {
      await page.goto('/sign-in');
      await page.evaluate(() => console.error('planted'));
    });
  });
});
