import { displayText } from './displayText';
import type { CdnQuery, Metric } from './types';

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
  [{ queryType: 'hitRatio' }, 'Hit ratio (bytes): no domain chosen'],
  [{ queryType: 'hitRatio', domains: ['a.com'] }, 'Hit ratio (bytes) in percent of a.com'],
  [{ queryType: 'edgeFlow', unit: 'bytes', domains: ['a.com'] }, 'Edge flow in bytes of a.com'],
  [{ queryType: 'originRequests', domains: ['a.com'] }, 'Origin requests of a.com'],
  [
    { queryType: 'edgeRequests', unit: 'perSecond', domainMode: 'all', topN: 5 },
    'Edge requests per second of all domains, top 5',
  ],
  [
    { queryType: 'hitRatio', domainMode: 'all', topN: 5, topBy: 'edgeFlow' },
    'Hit ratio (bytes) in percent of all domains, top 5 by Edge flow',
  ],
  [
    { domainMode: 'all', domainFilter: '^img', unit: 'bytes' },
    'Origin flow in bytes of all domains, only names like ^img',
  ],
  [
    { queryType: 'edgeRequests', domainMode: 'all', topN: 5, mergeDomains: true },
    'Edge requests of all domains, merged',
  ],
  [
    { queryType: 'originShare', domains: ['a.com'], timeShift: '1d' },
    'Origin share in percent of a.com, 1d earlier',
  ],
  [{ queryType: 'edgeStatus', domains: ['a.com'] }, 'Edge status codes of a.com'],
  [
    {
      queryType: 'originStatus',
      unit: 'percent',
      domains: ['a.com'],
      statusBy: 'code',
      statusCodes: ['5xx', '404'],
    },
    'Origin status codes in percent of a.com, by code, only 5xx, 404',
  ],
  [{ statusBy: 'code', statusCodes: ['5xx'], domains: ['a.com'] }, 'Origin flow in bits of a.com'],
  [{ queryType: 'tomorrow' as Metric, domains: ['a.com'] }, 'tomorrow of a.com'],
])('reads %j as a sentence', (query, sentence) => {
  expect(displayText({ refId: 'A', ...query })).toBe(sentence);
});
