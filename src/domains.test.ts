import { domainsForVariable, matchingDomains } from './domains';
import type { Domain, DomainVariableQuery } from './types';
import type { Replace } from './variables';

const domain = (name: string, status = 'online', type = 'web'): Domain => ({
  name,
  status,
  type,
  coverage: 'global',
  cname: '',
});

const ACCOUNT = [
  domain('www.example.com'),
  domain('img.example.com', 'offline'),
  domain('video.example.org', 'online', 'video'),
  domain('file.example.org', 'configuring', 'download'),
];

const names = (domains?: Domain[]) => domains?.map(({ name }) => name);

describe('the domains that match a pattern', () => {
  it.each([
    ['^(www|img)\\.', ['www.example.com', 'img.example.com']],
    ['\\.org$', ['video.example.org', 'file.example.org']],
    ['(?i)^WWW', ['www.example.com']],
    ['^WWW', []],
    ['(?<sub>img)', ['img.example.com']],
  ])('are counted for %s', (pattern, expected) => {
    expect(names(matchingDomains(ACCOUNT, pattern))).toEqual(expected);
  });

  it.each([
    ['an unfinished pattern', '('],
    ['what only RE2 reads', '(?P<sub>img)'],
    ['escapes that mean something else to RE2', '\\Aimg'],
    ['what RE2 refuses: looking ahead', 'i(?=mg)'],
    ['what RE2 refuses: looking behind', '(?<!w)img'],
    ['what RE2 refuses: references back', '(w)\\1'],
    ['a variable that nothing replaced', '^$domain'],
  ])('are left to the backend for %s', (_name, pattern) => {
    expect(matchingDomains(ACCOUNT, pattern)).toBeUndefined();
  });
});

describe('the domains of a variable', () => {
  const values: Record<string, unknown> = {
    region: ['img', 'file'],
    status: ['online', 'offline'],
    everything: ['$__all'],
    nothing: [],
    dotted: 'example.org',
  };
  const replace: Replace = (text, format) =>
    text.replace(/\$(\w+)/g, (match, name) => (name in values ? format(values[name]) : match));
  const found = (query: Partial<DomainVariableQuery>) =>
    names(domainsForVariable(ACCOUNT, { refId: 'A', ...query }, replace));

  it.each<[string, Partial<DomainVariableQuery>, string[]]>([
    ['no filter', {}, ACCOUNT.map(({ name }) => name)],
    ['empty filters', { search: '', regex: '', status: '', type: '' }, ACCOUNT.map(({ name }) => name)],
    ['a text in any case', { search: ' IMG ' }, ['img.example.com']],
    ['a pattern', { regex: '^(img|www)' }, ['www.example.com', 'img.example.com']],
    ['a status', { status: 'offline' }, ['img.example.com']],
    ['a type', { type: 'video' }, ['video.example.org']],
    ['several filters, all of which must pass', { status: 'online', regex: 'org$' }, ['video.example.org']],
  ])('pass %s', (_name, query, expected) => {
    expect(found(query)).toEqual(expected);
  });

  it.each<[string, Partial<DomainVariableQuery>, string[]]>([
    ['several values in a text', { search: '$region' }, ['img.example.com', 'file.example.org']],
    ['several values within a pattern', { regex: '^$region\\.' }, ['img.example.com', 'file.example.org']],
    [
      'a value in a pattern, taken literally',
      { regex: '$dotted' },
      ['video.example.org', 'file.example.org'],
    ],
    [
      'several values for the status',
      { status: '$status' },
      ['www.example.com', 'img.example.com', 'video.example.org'],
    ],
    ['All, which filters nothing', { status: '$everything', regex: '$everything' }, names(ACCOUNT) ?? []],
    ['a variable without a value, which filters nothing', { type: '$nothing' }, names(ACCOUNT) ?? []],
  ])('pass filters with %s', (_name, query, expected) => {
    expect(found(query)).toEqual(expected);
  });

  it('cannot be told from an invalid pattern', () => {
    expect(() => found({ regex: '(' })).toThrow(/Invalid regular expression/);
  });
});
