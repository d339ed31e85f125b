import type { Page } from '@playwright/test';

import { expect, legend, nextAnswer, test } from './fixtures';

const picker = (page: Page) => page.getByLabel('Domains', { exact: true });

/** The names that the picker holds: each has a button that takes it out. */
const chosen = (page: Page) => page.getByRole('button', { name: 'Remove' });

test('the keyboard goes into the domain picker, through its list, and out again', async ({
  page,
  open,
  sent,
}) => {
  await open({ query: { domains: [] } });
  await page.getByRole('radio', { name: 'List' }).focus();
  await tabTo(page, 'Domains');

  await page.keyboard.type('img');
  await expect(page.getByRole('option', { name: /^img\.example\.com/ })).toBeVisible();
  const answer = nextAnswer(page);
  await page.keyboard.press('Enter');
  await answer;
  await expect(legend(page, 'img.example.com')).toBeVisible();
  await expect(picker(page)).toBeFocused();

  // What is marked in the open list, and a text begun, are left behind.
  await page.keyboard.type('www');
  await expect(page.getByRole('option', { name: /^www\.example\.com/ })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(picker(page)).not.toBeFocused();
  await expect(page.getByRole('option')).toHaveCount(0);
  await tabTo(page, 'One per domain');
  await expect(chosen(page)).toHaveCount(1);

  await page.keyboard.press('Shift+Tab');
  await tabTo(page, 'Domains', 'Shift+Tab');
  await page.keyboard.press('Tab');
  await expect(picker(page)).not.toBeFocused();
  await expect(chosen(page)).toHaveCount(1);
  expect(sent.map(({ queries }) => queries[0].domains)).toEqual([['img.example.com']]);
});

test.describe('a name that the account does not list', () => {
  test.use({ allowed: [/status of 400/] }); // the API does not know it

  test('is taken as it is typed, though a listed one contains it', async ({ page, open, sent }) => {
    await open({ query: { domains: [] } });
    await picker(page).focus();
    await page.keyboard.type('example.com');
    await expect(page.getByRole('option', { name: 'Add example.com' })).toBeVisible();
    await expect(page.getByRole('option', { name: /^img\.example\.com/ })).toBeVisible();
    const answer = nextAnswer(page);
    await page.keyboard.press('Enter');
    await answer;
    expect(sent[0].queries[0].domains).toEqual(['example.com']);
  });
});

/** Presses a key until a field has the focus, a few times at most: icons with a tooltip lie between the fields. */
async function tabTo(page: Page, field: string, key = 'Tab') {
  await expect(async () => {
    await page.keyboard.press(key);
    await expect(page.getByLabel(field, { exact: true })).toBeFocused({ timeout: 200 });
  }).toPass({ timeout: 5_000, intervals: [0] });
}
