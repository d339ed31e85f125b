import { filterParams } from './domainFilters';
import type { Replace } from './interpolate';
import type { DomainVariableQuery } from './types';

const VALUES: Record<string, unknown> = {
  region: ['img', 'file'],
  everything: ['$__all'],
  nothing: [],
  dotted: 'example.org',
};

const replace: Replace = (text, format) =>
  text.replace(/\$(\w+)/g, (match, name) => (name in VALUES ? format(VALUES[name]) : match));

const NONE = { search: [], regex: '', status: [], type: [] };

it.each<[string, Partial<DomainVariableQuery>, Partial<ReturnType<typeof filterParams>>]>([
  ['no filter', {}, {}],
  ['empty filters', { search: '', regex: '', status: '', type: '' }, {}],
  ['a text', { search: ' IMG ' }, { search: ['IMG'] }],
  ['a status and a type', { status: 'offline', type: 'video' }, { status: ['offline'], type: ['video'] }],
  ['a pattern that only RE2 reads', { regex: '(?P<s>[[:alpha:]])' }, { regex: '(?P<s>[[:alpha:]])' }],
  ['several values in a text', { search: '$region.' }, { search: ['img.', 'file.'] }],
  ['several values in a pattern', { regex: '^$region\\.' }, { regex: '^(img|file)\\.' }],
  ['a value in a pattern, taken literally', { regex: '$dotted$' }, { regex: 'example\\.org$' }],
  ['All, which filters nothing', { status: '$everything', regex: '$everything' }, { regex: '.*' }],
  ['a variable without a value, which filters nothing', { type: '$nothing' }, {}],
])('asks the backend for %s', (_name, query, expected) => {
  expect(filterParams({ refId: 'A', ...query }, replace)).toEqual({ ...NONE, ...expected });
});
