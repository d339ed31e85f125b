import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';

import pluginJson from '../../src/plugin.json';
import { startRefusingApi } from './fakeApi';

test('demo data passes the check without any key', async ({ createDataSourceConfigPage, page }) => {
  const config = await createDataSourceConfigPage({ type: pluginJson.id });
  await signInWith(page, /^Demo/);
  await expect(config.saveAndTest()).toBeOK();
  await expect(config).toHaveAlert('success', { hasText: '12 domains' });
});

test('a key that nobody issued fails the check, which says what to do', async ({
  baseURL,
  createDataSourceConfigPage,
  page,
}) => {
  const isHere = ['127.0.0.1', 'localhost'].includes(new URL(baseURL ?? '').hostname);
  test.skip(!isHere, 'a Grafana on another machine does not reach an API on this one');
  const api = await startRefusingApi();
  const config = await createDataSourceConfigPage({ type: pluginJson.id });
  await signInWith(page, /^AccessKey/);
  await page.getByLabel('AccessKey ID').fill('LTAI-nobody');
  await page.getByLabel('AccessKey secret').fill('not-a-secret-of-anyone');
  await page.getByRole('button', { name: /Advanced/ }).click();
  await page.getByLabel('Endpoint').fill(api.url);

  await expect(config.saveAndTest()).not.toBeOK();
  await expect(config).toHaveAlert('error', { hasText: 'InvalidAccessKeyId.NotFound' });
  await expect(config).toHaveAlert('error', { hasText: 'create a new AccessKey in the RAM console' });
  await expect(page.getByLabel('AccessKey secret')).toHaveValue('configured');
  await expect(page.locator('body')).not.toContainText('LTAI-nobody');
  api.stop();
});

async function signInWith(page: Page, kind: RegExp) {
  await page.getByLabel('Sign in with').click();
  await page
    .getByRole('option', { name: kind })
    .or(page.getByLabel('Select option').getByText(kind))
    .first()
    .click();
}
