import { asksForSomething, beginRule, DEFAULT_QUERY, splitDomains, unique, withDefaults } from './query';
import type { CdnQuery } from './types';

describe('withDefaults', () => {
  it('fills every field that is missing', () => {
    expect(withDefaults({ refId: 'A' })).toEqual({ refId: 'A', ...DEFAULT_QUERY });
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
    expect(splitDomains('a.com, b.com;c.com\nd.com\t b.com,')).toEqual(['a.com', 'b.com', 'c.com', 'd.com']);
  });

  it('are kept once, in their order, without empty ones', () => {
    expect(unique(['b', ' a ', '', 'b'])).toEqual(['b', 'a']);
  });
});
