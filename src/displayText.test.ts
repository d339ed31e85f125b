import { displayText } from './displayText';
import type { CdnQuery } from './types';

it.each<[Partial<CdnQuery>, string]>([
  [{}, 'Origin flow: no domain chosen'],
  [{ domains: ['a.com'] }, 'Origin flow in bits of a.com'],
  [{ domains: ['a.com', 'b.com'] }, 'Origin flow in bits of a.com and b.com'],
  [
    { domains: ['a.com', 'b.com', 'c.com', 'd.com'], unit: 'bytes' },
    'Origin flow in bytes of a.com, b.com and 2 more',
  ],
  [
    { domainMode: 'regex', domainPattern: '^a/<b>&', unit: 'bitsPerSecond', granularity: '1h' },
    'Origin flow in bits per second of domains matching ^a/<b>&, 1-hour slices',
  ],
  [
    { domainMode: 'all', unit: 'bytesPerSecond', granularity: '1d', mergeDomains: true },
    'Origin flow in bytes per second of all domains, 1-day slices, merged',
  ],
  [{ domains: ['a.com'], granularity: '5m' }, 'Origin flow in bits of a.com, 5-minute slices'],
])('reads %j as a sentence', (query, sentence) => {
  expect(displayText({ refId: 'A', ...query })).toBe(sentence);
});
