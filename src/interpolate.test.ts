import type { TemplateSrv } from '@grafana/runtime';
import { interpolate } from './interpolate';
import type { CdnQuery } from './types';

const FORMATS: Record<string, (value: unknown) => string> = {
  csv: (value) => [value].flat().join(','),
  raw: (value) => String(value),
};

/** Replaces $name and ${name:format} as Grafana does: unknown names stay, a format in the text wins. */
function templatesWith(variables: Record<string, unknown>): TemplateSrv {
  const replace: TemplateSrv['replace'] = (text = '', scopedVars, format) =>
    text.replace(/\$(\w+)|\$\{(\w+)(?::(\w+))?\}/g, (match, plain, braced, own) => {
      const name = plain ?? braced;
      const value = scopedVars?.[name]?.value ?? variables[name];
      return value === undefined ? match : (FORMATS[own] ?? (format as (value: unknown) => string))(value);
    });
  return { replace } as TemplateSrv;
}

const templates = templatesWith({
  one: 'a.example.com',
  many: ['a.example.com', 'b.example.com'],
  region: ['cn', 'sg'],
  none: [],
  day: '1d',
  codes: ['5xx', '502'],
  empty: '',
  typed: '^img.',
  all: ['$__all'],
  customAll: '.*',
  tricky: ['a+b.com', 'c(d).com'],
});

const filled = (query: Partial<CdnQuery>, scopedVars = {}) =>
  interpolate({ refId: 'A', ...query }, templates, scopedVars);

test.each([
  ['$typed', '\\^img\\.', 'list'],
  ['${typed:raw}', '^img.', 'all'],
  ['${empty:raw}', '', 'all'],
  ['^$one', '^a\\.example\\.com', 'regex'],
] as const)('a filter %s becomes "%s", by %s too', (domainFilter, expected, domainMode) => {
  expect(filled({ domainMode, domainFilter })).toMatchObject({ domainMode, domainFilter: expected });
});

describe('domains in a list', () => {
  it.each<[string, string[], string[]]>([
    ['a variable with one value', ['$one'], ['a.example.com']],
    ['a variable with several values', ['$many'], ['a.example.com', 'b.example.com']],
    ['a variable within a name', ['img-${region}.example.com'], ['img-cn.example.com', 'img-sg.example.com']],
    [
      'two variables in one name',
      ['${region}-${region}.com'],
      ['cn-cn.com', 'cn-sg.com', 'sg-cn.com', 'sg-sg.com'],
    ],
    ['a format in the text', ['${many:csv}'], ['a.example.com', 'b.example.com']],
    ['names given twice', ['a.example.com', '$many'], ['a.example.com', 'b.example.com']],
    ['a variable without a value', ['$none', '$empty', 'c.example.com'], ['c.example.com']],
    ['an unknown variable', ['$nobody'], ['$nobody']],
  ])('come out right from %s', (_name, domains, expected) => {
    expect(filled({ domains }).domains).toEqual(expected);
  });

  it.each(['$all', '$customAll', '*', '$__all'])('mean every domain when %s is among them', (item) => {
    expect(filled({ domains: ['a.example.com', item], mergeDomains: true })).toEqual({
      refId: 'A',
      domainMode: 'all',
      domains: [],
      mergeDomains: true,
    });
  });

  it('take the value of a repeated panel before that of the dashboard', () => {
    const scopedVars = { many: { text: 'b', value: 'b.example.com' } };
    expect(filled({ domains: ['$many'] }, scopedVars).domains).toEqual(['b.example.com']);
  });

  it('are left alone in the other modes', () => {
    const query: CdnQuery = { refId: 'A', domainMode: 'regex', domains: ['$all'] };
    expect(filled(query)).toEqual(query);
  });
});

describe('variables in a pattern', () => {
  it.each([
    ['^$one$', '^a\\.example\\.com$'],
    ['^$many$', '^(a\\.example\\.com|b\\.example\\.com)$'],
    ['$tricky', '(a\\+b\\.com|c\\(d\\)\\.com)'],
    ['$all', '.*'],
    ['^(www|img)\\.', '^(www|img)\\.'],
  ])('turn %s into %s', (domainPattern, expected) => {
    expect(filled({ domainMode: 'regex', domainPattern }).domainPattern).toBe(expected);
  });

  it('match nothing when nothing is chosen', () => {
    const { domainPattern } = filled({ domainMode: 'regex', domainPattern: '^$none' });
    expect('a.example.com').not.toMatch(new RegExp(domainPattern ?? ''));
  });
});

describe('other fields', () => {
  it('have variables in the legend listed, the placeholder kept', () => {
    expect(filled({ legendFormat: '{{domain}} in $region' }).legendFormat).toBe('{{domain}} in cn, sg');
  });

  it('have a variable in the time shift replaced', () => {
    expect(filled({ timeShift: '$day' }).timeShift).toBe('1d');
  });

  it.each<[string, string[], string[]]>([
    ['a variable with several values', ['404', '$codes'], ['404', '5xx', '502']],
    ['a code that is given twice', ['5xx', '$codes'], ['5xx', '502']],
    ['a variable that is set to all, which is every code', ['404', '$all'], []],
    ['a variable without a value, which filters nothing', ['$none'], []],
  ])('keep the status codes of %s', (_name, statusCodes, expected) => {
    expect(filled({ statusCodes }).statusCodes).toEqual(expected);
  });

  it('stay missing when they are missing', () => {
    expect(filled({})).toEqual({ refId: 'A' });
  });
});
