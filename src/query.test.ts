import { asksForSomething, beginRule, DEFAULT_QUERY, fitted, splitList, unique, withDefaults } from './query';
import type { CdnQuery, Metric } from './types';

describe('withDefaults', () => {
  it('fills every field that is missing', () => {
    expect(withDefaults({ refId: 'A' })).toEqual({ refId: 'A', ...DEFAULT_QUERY, unit: 'bits' });
  });

  it('keeps what is given, false and empty included', () => {
    const query = withDefaults({ refId: 'A', legendFormat: '', mergeDomains: false, unit: 'bytes' });
    expect(query).toMatchObject({ legendFormat: '', mergeDomains: false, unit: 'bytes' });
  });

  it('takes null and undefined for missing', () => {
    const query = { refId: 'A', domains: null, unit: undefined } as unknown as CdnQuery;
    expect(withDefaults(query)).toMatchObject({ domains: [], unit: 'bits' });
  });
});

describe('a missing unit', () => {
  it.each<[Metric, string]>([
    ['edgeFlow', 'bits'],
    ['originRequests', 'count'],
    ['edgeStatus', 'count'],
    ['hitRatio', 'percent'],
  ])('of %s means %s, the first of the metric', (queryType, unit) => {
    expect(withDefaults({ refId: 'A', queryType }).unit).toBe(unit);
  });

  it('stays missing in a metric that is not known', () => {
    expect(withDefaults({ refId: 'A', queryType: 'toString' as Metric }).unit).toBeUndefined();
  });
});

describe('a query is fitted', () => {
  const full: CdnQuery = { refId: 'A', statusBy: 'code', statusCodes: ['5xx'], topN: 5, unit: 'count' };

  it('to a metric of status codes by keeping what is of these', () => {
    expect(fitted({ ...full, queryType: 'edgeStatus' })).toEqual({ ...full, queryType: 'edgeStatus' });
  });

  it.each<CdnQuery['queryType']>(['edgeRequests', undefined])('to %s by dropping it', (queryType) => {
    expect(Object.keys(fitted({ ...full, queryType }))).toEqual(['refId', 'topN', 'unit', 'queryType']);
  });

  it('to merged domains by dropping the number of series', () => {
    const merged = { ...full, queryType: 'edgeStatus', mergeDomains: true } as const;
    expect(Object.keys(fitted(merged))).not.toContain('topN');
  });

  it('to no metric that is not known', () => {
    const unknown = { ...full, queryType: 'tomorrow' as Metric };
    expect(fitted(unknown)).toEqual(unknown);
  });
});

describe('a query of an alert rule', () => {
  it('begins with a rate', () => {
    const begun = { refId: 'A', hide: false, queryType: '' } as unknown as CdnQuery;
    expect(beginRule(begun)).toEqual({ ...begun, unit: 'bitsPerSecond' });
  });

  it.each<Partial<CdnQuery>>([{ queryType: 'originFlow' }, { domainMode: 'all' }, { domains: ['a.com'] }])(
    'keeps what a missing unit means once it is saved, as %j',
    (saved) => {
      expect(beginRule({ refId: 'A', ...saved })).toEqual({ refId: 'A', ...saved });
    }
  );
});

describe('asksForSomething', () => {
  it.each<[string, Partial<CdnQuery>, boolean]>([
    ['a query with nothing set', {}, false],
    ['a list of blanks', { domains: ['', ' '] }, false],
    ['a list with a name', { domains: ['a.example.com'] }, true],
    ['a pattern not yet typed', { domainMode: 'regex', domains: ['a.example.com'] }, false],
    ['a pattern', { domainMode: 'regex', domainPattern: '.' }, true],
    ['all domains', { domainMode: 'all' }, true],
  ])('judges %s', (_name, query, asks) => {
    expect(asksForSomething({ refId: 'A', ...query })).toBe(asks);
  });
});

describe('domain names as text', () => {
  it('are split at commas, semicolons, blanks and lines', () => {
    expect(splitList('a.com, b.com;c.com\nd.com\t b.com,')).toEqual(['a.com', 'b.com', 'c.com', 'd.com']);
  });

  it('are kept once, in their order, without empty ones', () => {
    expect(unique(['b', ' a ', '', 'b'])).toEqual(['b', 'a']);
  });
});
