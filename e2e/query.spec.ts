import { expect, legend, nextAnswer, test } from './fixtures';

const TWO = ['www.example.com', 'static.example.com'];

test('demo data of two domains is plotted over 24 hours with legends and unit', async ({ page, open }) => {
  const answer = nextAnswer(page);
  await open({ query: { domains: TWO, unit: 'bitsPerSecond' } });
  const { status, body } = await answer;

  expect(status).toBe(200);
  const frames = body.results.A.frames;
  expect(frames).toHaveLength(2);
  for (const [i, frame] of frames.entries()) {
    const [times, values] = frame.data.values;
    // 24 hours of 5-minute slices without the newest quarter of an hour; the demo account has lost a few.
    expect(times.length).toBeGreaterThan(250);
    expect(times.length).toBeLessThanOrEqual(288);
    expect(values.every((value: number) => value > 0)).toBe(true);
    expect(frame.schema.fields[1].config.unit).toBe('bps');
    expect(frame.schema.fields[1].labels).toEqual({ domain: TWO[i] });
  }

  await expect(page.locator('.u-wrap canvas').first()).toBeVisible();
  for (const domain of TWO) {
    await expect(legend(page, domain)).toBeVisible();
  }
  const table = page.getByRole('table', { name: 'Table of values' });
  await expect(table.getByRole('columnheader', { name: /static\.example\.com/ })).toBeVisible();
  await expect(table.getByRole('cell', { name: /^[\d.]+ [kMG]b\/s$/ }).first()).toBeVisible();
  // The calls themselves are listed only when the cache of an earlier test could not answer.
  const inspector = page.getByRole('region', { name: 'Query inspector' });
  await expect(inspector.getByRole('cell', { name: 'DescribeDomainSrcFlowData' })).toHaveCount(2);
});

test('switching to a pattern finds the domains that match', async ({ page, open }) => {
  await open({ query: { domains: TWO } });
  await page.getByRole('radio', { name: 'Regex' }).check({ force: true });
  const pattern = page.getByLabel('Pattern', { exact: true });
  await pattern.fill('^(img|video)\\.');
  const answer = nextAnswer(page);
  await pattern.press('Tab');
  const { body } = await answer;
  const domains = body.results.A.frames.map((frame: Frame) => frame.schema.fields[1].labels.domain);
  expect(domains.sort()).toEqual(['img.example.com', 'video.example.com']);
  await expect(legend(page, 'video.example.com')).toBeVisible();
});

test('the domains that match are counted in the dialect of the query', async ({ page, open }) => {
  await open({ query: { domainMode: 'regex', domainPattern: '(?s)^(?P<s>[[:alpha:]]mg)' } });
  await expect(page.getByText('Matches 1 of 12 domains: img.example.com')).toBeVisible();
  await expect(legend(page, 'img.example.com')).toBeVisible();
});

test('merging the domains makes one series of them', async ({ page, open }) => {
  await open({ query: { domains: TWO } });
  await expect(legend(page, TWO[0])).toBeVisible();
  const answer = nextAnswer(page);
  await page.getByRole('radio', { name: 'Merged' }).check({ force: true });
  const { body } = await answer;
  expect(body.results.A.frames).toHaveLength(1);
  expect(body.results.A.frames[0].schema.fields[1].labels.domain.split(',').sort()).toEqual([...TWO].sort());
});

test('a query without domains asks nothing', async ({ page, open, sent }) => {
  await open({ query: { domains: [] } });
  await expect(page.getByText('Nothing is asked yet')).toBeVisible();
  await page.getByRole('button', { name: 'Run query' }).click();
  await expect(page.getByText('Nothing is asked yet')).toBeVisible();
  expect(sent).toEqual([]);
});

test('a variable with several values stands for several domains', async ({ page, open, sent }) => {
  const answer = nextAnswer(page);
  await open({ query: { domains: ['$domain'] } });
  const { body } = await answer;
  expect(body.results.A.frames).toHaveLength(2);
  expect(sent[0].queries[0].domains).toEqual(TWO);
});

test.describe('with an invalid regular expression', () => {
  test.use({ allowed: [/status of 400/] });

  test('the sentence of the plugin is shown and the status is 400', async ({ page, open }) => {
    const answer = nextAnswer(page);
    await open({ query: { domainMode: 'regex', domainPattern: 'www(' } });
    const { status, body } = await answer;
    expect(status).toBe(400);
    expect(body.results.A.status).toBe(400);
    expect(body.results.A.error).toContain('domainPattern');
    await expect(page.getByRole('alert').filter({ hasText: 'domainPattern' })).toBeVisible();
  });
});

test('another range is asked for as soon as it is picked', async ({ page, open, sent }) => {
  await open({ query: { domains: TWO } });
  await expect(legend(page, TWO[0])).toBeVisible();
  await page.getByRole('button', { name: /Time range selected/ }).click();
  const answer = nextAnswer(page);
  await page.getByText('Last 7 days').click();
  await answer;
  const { from, to } = sent.at(-1)!;
  // The two ends are read off the clock one after the other.
  expect(Math.round((Number(to) - Number(from)) / 1000)).toBe(7 * 24 * 3600);
  await expect(page).toHaveURL(/from=now-7d/);
});

interface Frame {
  schema: { fields: Array<{ labels: { domain: string } }> };
}
