import { test as base, expect, type Locator, type Page } from '@playwright/test';

import { startHost, type Host } from './host';

/** State of the page that a test starts from; see workbench/web/urlState.ts. */
interface Start {
  query?: Record<string, unknown>;
  [name: string]: unknown;
}

interface Fixtures {
  /** Opens the workbench in a state and waits until the plugin is loaded. */
  open: (start?: Start) => Promise<void>;
  /** Texts that may stand in the console as errors in this test; anything else fails it. */
  allowed: RegExp[];
  /** The bodies of the queries that the page sent, in order. */
  sent: QueryBody[];
}

/** Body of POST /api/ds/query. */
interface QueryBody {
  from: string;
  to: string;
  queries: Array<Record<string, unknown>>;
}

/** Playwright's test with a workbench per worker, and an eye on the console and the network of every page. */
export const test = base.extend<Fixtures, { host: Host }>({
  host: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the fixtures that are needed off the pattern
    async ({}, provide) => {
      const host = await startHost();
      await provide(host);
      await host.stop();
    },
    { scope: 'worker' },
  ],
  baseURL: async ({ host }, provide) => provide(host.url),
  allowed: [[], { option: true }],
  page: async ({ page, host, allowed }, provide) => {
    await resetSettings(page, host.url);
    const problems = watch(page, host.url);
    await provide(page);
    const unexpected = problems.filter((problem) => !allowed.some((pattern) => pattern.test(problem)));
    expect(unexpected, 'errors in the console and requests to other hosts').toEqual([]);
  },
  sent: async ({ page }, provide) => {
    const sent: QueryBody[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/ds/query')) {
        sent.push(request.postDataJSON());
      }
    });
    await provide(sent);
  },
  open: async ({ page }, provide) => {
    await provide(async ({ query, ...plain } = {}) => {
      const params = new URLSearchParams(Object.entries(plain).map(([key, value]) => [key, String(value)]));
      if (query) {
        params.set('query', JSON.stringify(query));
      }
      await page.goto(`/?${params}`);
      await expect(page.getByRole('heading', { level: 1, name: 'Alibaba Cloud CDN' })).toBeVisible();
    });
  },
});

export { expect };

/** Puts the data source back into demo mode: the workbench outlives the test that changed it. */
async function resetSettings(page: Page, home: string) {
  await page.request.put(`${home}/api/datasources/uid/workbench`, {
    data: {
      jsonData: { authType: 'demo' },
      secureJsonData: { accessKeyId: '', accessKeySecret: '', securityToken: '' },
    },
  });
}

/** Collects what a page should never do. */
function watch(page: Page, home: string): string[] {
  const problems: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') {
      problems.push(`${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(home) && !url.startsWith('data:') && !url.startsWith('blob:')) {
      problems.push(`request to ${url}`);
    }
  });
  return problems;
}

/** The entry of a series in the legend of the chart. */
export function legend(page: Page, series: string): Locator {
  return page.getByRole('listitem').filter({ hasText: series });
}

/** The answer to the next query that is run. */
export async function nextAnswer(page: Page) {
  const response = await page.waitForResponse((one) => one.url().includes('/api/ds/query'));
  return { status: response.status(), body: await response.json() };
}
