import type { Page } from '@playwright/test';

import { expect, legend, test } from './fixtures';

const QUERY = { domains: ['www.example.com', 'static.example.com'] };

test('the built bundle is loaded and shows its editors', async ({ page, open }) => {
  const module = page.waitForResponse(/\/public\/plugins\/[^/]+\/module\.js$/);
  await open();
  expect((await module).status()).toBe(200);
  await expect(page.getByRole('radio', { name: 'List' })).toBeVisible();
  await page.getByRole('tab', { name: 'Configuration' }).click();
  await expect(page.getByLabel('Sign in with')).toBeVisible();
});

test('light and dark differ in the page and in the plugin', async ({ page, open }) => {
  await open({ theme: 'light', query: QUERY });
  await expect(legend(page, 'www.example.com')).toBeVisible();
  const light = await colours(page);
  await page.getByRole('radio', { name: 'Dark' }).check({ force: true });
  await expect(page).toHaveURL(/theme=dark/);
  await expect.poll(async () => (await colours(page)).page).not.toBe(light.page);
  expect((await colours(page)).text).not.toBe(light.text);
  await page.reload();
  await expect(legend(page, 'www.example.com')).toBeVisible();
  await expect.poll(async () => (await colours(page)).page).not.toBe(light.page);
});

for (const tab of ['query', 'config']) {
  test(`a narrow window shows the ${tab} tab without scrolling sideways`, async ({ page, open }) => {
    await page.setViewportSize({ width: 420, height: 900 });
    await open({ tab, query: QUERY });
    if (tab === 'query') {
      await expect(legend(page, 'www.example.com')).toBeVisible();
    }
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
}

test('the keyboard reaches every field of the query, and each has a name', async ({ page, open }) => {
  await open({ query: QUERY });
  await expect(legend(page, 'www.example.com')).toBeVisible();
  const names = await namesByTab(page, 40);
  for (const field of [
    'Query',
    'Run query',
    'Metric',
    'List',
    'Domains',
    'One per domain',
    'Unit',
    'Granularity',
  ]) {
    expect(names, `${field} among ${names.join(' | ')}`).toContain(field);
  }
});

test('the keyboard reaches every field of the configuration, and each has a name', async ({ page, open }) => {
  await open({ tab: 'config' });
  await expect(page.getByLabel('Sign in with')).toBeVisible();
  const names = await namesByTab(page, 20);
  for (const field of ['Sign in with', 'Save & test']) {
    expect(names, `${field} among ${names.join(' | ')}`).toContain(field);
  }
});

async function colours(page: Page) {
  return page.evaluate(() => ({
    page: getComputedStyle(document.body).backgroundColor,
    text: getComputedStyle(document.querySelector('main label')!).color,
  }));
}

/** Presses Tab and notes the accessible name of each field or button that gets the focus. */
async function namesByTab(page: Page, presses: number): Promise<string[]> {
  const names: string[] = [];
  for (let i = 0; i < presses; i++) {
    await page.keyboard.press('Tab');
    const name = await page.evaluate(() => {
      const element = document.activeElement;
      // Beside the fields and buttons the icons that carry a tooltip take the focus, and scrolled areas.
      if (!element?.matches('input, select, textarea, button, a, [role=button], [role=combobox]')) {
        return '';
      }
      const byId = (ids: string | null) =>
        ids
          ?.split(/\s+/)
          .map((id) => document.getElementById(id)?.textContent)
          .join(' ');
      const labels = (element as HTMLInputElement).labels;
      const name =
        byId(element.getAttribute('aria-labelledby')) ??
        element.getAttribute('aria-label') ??
        (labels?.length ? labels[0].textContent : element.textContent);
      return name?.trim() || `nameless ${element.outerHTML.slice(0, 120)}`;
    });
    names.push(name);
  }
  expect(names.filter((name) => name.startsWith('nameless'))).toEqual([]);
  return names;
}
