import i18next from 'i18next';
import { displayText } from './displayText';

// Grafana has loaded its own texts when it loads a plugin.
beforeAll(() => {
  i18next.addResourceBundle('zh-Hans', 'grafana', { any: '任意' });
  return i18next.changeLanguage('zh-Hans');
});
afterAll(() => i18next.changeLanguage('en-US'));

it('speaks the language of Grafana before anything can be drawn', async () => {
  const { plugin } = await import('./module');
  expect(plugin.components.QueryEditor).toBeDefined();
  // Drawing starts in a task of its own, after all that waits for nothing but promises.
  await new Promise((resolve) => setTimeout(resolve));
  expect(displayText({ refId: 'A', domains: ['a.com', 'b.com', 'c.com'], granularity: '1h' })).toBe(
    '回源流量（bit）：a.com、b.com 等，另有 1 个，粒度 1 小时'
  );
});
