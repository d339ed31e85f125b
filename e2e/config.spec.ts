import { expect, test } from './fixtures';

test('the health check says that demo data works', async ({ page, open }) => {
  await open({ tab: 'config' });
  const health = page.waitForResponse(/\/health$/);
  await page.getByRole('button', { name: 'Save & test' }).click();
  expect((await health).status()).toBe(200);
  const verdict = page.getByTestId(/Alert success/);
  await expect(verdict).toBeVisible();
  await expect(verdict).toContainText('12 domains');
});

test.describe('with a key that nobody issued', () => {
  test.use({ allowed: [/status of 400/] });

  test('settings are saved, secrets never come back, and the check says what is wrong', async ({
    page,
    open,
  }) => {
    await open({ tab: 'config' });
    await page.getByLabel('Sign in with').click();
    await page.getByRole('option', { name: /^AccessKey/ }).click();
    await page.getByLabel('AccessKey ID').fill('LTAI-nobody');
    await page.getByLabel('AccessKey secret').fill('not-a-secret-of-anyone');
    await page.getByRole('button', { name: /Advanced/ }).click();
    // A port on this machine that nothing listens on.
    await page.getByLabel('Endpoint').fill('http://127.0.0.1:9');
    const saved = page.waitForResponse((one) => one.request().method() === 'PUT');
    await page.getByRole('button', { name: 'Save & test' }).click();
    const answer = await (await saved).text();
    expect(answer).not.toContain('not-a-secret-of-anyone');
    expect(JSON.parse(answer).datasource.secureJsonFields).toEqual({
      accessKeyId: true,
      accessKeySecret: true,
    });
    const verdict = page.getByTestId(/Alert error/);
    // The plugin tries an address that does not answer a few times before it gives up.
    await expect(verdict).toBeVisible({ timeout: 30_000 });
    await expect(verdict).not.toContainText('LTAI-nobody');
    await expect(page.getByLabel('AccessKey secret')).toHaveValue('configured');
  });
});
