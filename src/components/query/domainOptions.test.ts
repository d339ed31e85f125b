import type { DataSource } from '../../datasource';
import { errorText, findOptions, pausing } from './domainOptions';

const datasource = (count: number) =>
  ({
    getVariableNames: () => ['$site', '$region'],
    getDomains: async () => ({
      domains: Array.from({ length: count }, (_, i) => ({
        name: `${i}.example.com`,
        status: 'offline',
        type: 'web',
        coverage: '',
        cname: '',
      })),
      total: count,
    }),
  }) as unknown as DataSource;

it('puts the variables that match before the domains and describes each domain', async () => {
  await expect(findOptions(datasource(1), 'SITE')).resolves.toEqual([
    { label: '$site', value: '$site' },
    { label: '0.example.com', value: '0.example.com', description: 'offline · web' },
  ]);
});

it('draws a hundred domains at most', async () => {
  await expect(findOptions(datasource(1200), 'example')).resolves.toHaveLength(100);
});

it.each([
  [{ data: { message: 'refused', error: 'Forbidden' }, statusText: 'Forbidden' }, 'refused'],
  [{ data: {}, statusText: 'Bad Gateway' }, 'Bad Gateway'],
  [new Error('offline'), 'offline'],
  ['odd', 'odd'],
  [undefined, 'undefined'],
])('finds the words in the error %j', (error, words) => {
  expect(errorText(error)).toBe(words);
});

it('runs for the last text typed only', async () => {
  jest.useFakeTimers();
  const run = jest.fn(async (text: string) => text.length);
  const search = pausing(run, 250);
  void search('e');
  const last = search('ex');
  jest.advanceTimersByTime(250);
  await expect(last).resolves.toBe(2);
  expect(run.mock.calls).toEqual([['ex']]);
  jest.useRealTimers();
});
