import { withDefaults } from '../../query';
import type { CdnQuery } from '../../types';
import { placeholdersOf, settledLegend } from './legend';

const filled = (query: Partial<CdnQuery>) => withDefaults({ refId: 'A', ...query });

it.each<[Partial<CdnQuery>, string]>([
  [{}, '{{domain}}, {{metric}}, {{timeShift}}'],
  [{ queryType: 'edgeStatus' }, '{{domain}}, {{class}}, {{metric}}, {{timeShift}}'],
  [{ queryType: 'edgeStatus', statusBy: 'code' }, '{{domain}}, {{code}}, {{metric}}, {{timeShift}}'],
])('offers the placeholders that %j has', (query, placeholders) => {
  expect(placeholdersOf(filled(query)).join(', ')).toBe(placeholders);
});

describe('the legend tells apart', () => {
  const twins = (one: Partial<CdnQuery>, other: Partial<CdnQuery>) =>
    settledLegend(filled(one)) === settledLegend(filled(other));

  it.each<[string, boolean, Partial<CdnQuery>, Partial<CdnQuery>]>([
    ['nothing where all is the same', true, {}, {}],
    ['no metrics that it does not name', true, {}, { queryType: 'edgeFlow' }],
    [
      'metrics that it names',
      false,
      { legendFormat: '{{metric}}' },
      { legendFormat: '{{ metric }}', queryType: 'edgeFlow' },
    ],
    ['classes from no classes', false, {}, { queryType: 'edgeStatus' }],
    ['classes from codes', false, { queryType: 'edgeStatus' }, { queryType: 'edgeStatus', statusBy: 'code' }],
    ['the present from the past', false, {}, { timeShift: '1d' }],
  ])('%s', (_name, same, one, other) => {
    expect(twins(one, other)).toBe(same);
  });
});
