import type { Page } from '@playwright/test';

import { expect, legend, nextAnswer, test } from './fixtures';

/** The words of the journey, as each language has them. */
const JOURNEYS = {
  'en-US': {
    demo: 'Demo data',
    signIn: 'Sign in with',
    signedIn: /12 domains, origin flow final up to/,
    domains: 'Domains',
    regex: 'Regex',
    pattern: 'Pattern',
    matches: /Matches 2 of 12 domains/,
    merged: 'Merged',
    plan: /5-minute slices.*final up to/,
  },
  'zh-Hans': {
    demo: '演示数据',
    signIn: '认证方式',
    signedIn: /共 12 个域名，回源流量的最终数据截至/,
    domains: '加速域名',
    regex: '正则',
    pattern: '正则表达式',
    matches: /匹配 2 个域名（共 12 个）/,
    merged: '合并',
    plan: /粒度 5 分钟.*最终数据截至/,
  },
};

for (const [lang, words] of Object.entries(JOURNEYS)) {
  test(`from signing in to a merged chart, in ${lang}`, async ({ page, open }) => {
    await open({ lang, tab: 'config' });
    await expect(page.getByText(words.demo).first()).toBeVisible();
    await expect(page.getByLabel(words.signIn)).toBeVisible();
    await page.getByRole('button', { name: 'Save & test' }).click();
    await expect(page.getByTestId(/Alert success/)).toContainText(words.signedIn);

    await open({ lang, query: { domains: [] } });
    const domains = page.getByLabel(words.domains, { exact: true });
    await domains.fill('vid');
    const found = nextAnswer(page);
    await page.getByRole('option', { name: /video\.example\.com/ }).click();
    expect(domainsOf(await found)).toEqual(['video.example.com']);
    await expect(legend(page, 'video.example.com')).toBeVisible();
    await expect(page.getByText(words.plan)).toBeVisible();
    await domains.press('Escape'); // as everywhere in Grafana, the open list holds back the next click

    await page.getByRole('radio', { name: words.regex }).check({ force: true });
    const pattern = page.getByLabel(words.pattern, { exact: true });
    await pattern.fill('^(img|video)\\.');
    const matching = nextAnswer(page);
    await pattern.press('Enter');
    expect(domainsOf(await matching)).toEqual(['img.example.com', 'video.example.com']);
    await expect(page.getByText(words.matches)).toBeVisible();

    const before = await chart(page);
    const merging = nextAnswer(page);
    await page.getByRole('radio', { name: words.merged }).check({ force: true });
    expect(domainsOf(await merging)).toEqual(['^(img|video)\\.']);
    await expect.poll(() => chart(page)).not.toEqual(before);
  });
}

/** What the chart shows, pixel by pixel. */
async function chart(page: Page): Promise<string> {
  const canvas = page.locator('.u-wrap canvas').first();
  await expect(canvas).toBeVisible();
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}

function domainsOf({ body }: Awaited<ReturnType<typeof nextAnswer>>): string[] {
  const frames: Array<{ schema: { fields: Array<{ labels: { domain: string } }> } }> = body.results.A.frames;
  return frames.map((frame) => frame.schema.fields[1].labels.domain);
}
