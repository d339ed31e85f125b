import { type DataFrame, LoadingState, type PanelData, toDataFrame } from '@grafana/data';
import { withDefaults } from '../../query';
import type { CdnQuery } from '../../types';
import { momentText, type Plan, planOf, planText } from './plan';

const SETTLED = '2026-01-05T12:45:00Z';

function frame(refId: string, { values = [1], interval = 900_000, calls = 2 } = {}): DataFrame {
  return toDataFrame({
    refId,
    meta: { custom: { granularitySeconds: 300, calls, settledUntil: SETTLED } },
    fields: [
      { name: 'Time', type: 'time', values, config: { interval } },
      { name: 'Value', type: 'number', values },
    ],
  });
}

const answer = (series: DataFrame[]) => ({ state: LoadingState.Done, series }) as PanelData;

describe('the plan of an answer', () => {
  it('adds up the frames of its own query', () => {
    expect(planOf(answer([frame('A'), frame('A'), frame('B')]), 'A')).toEqual({
      step: 900,
      source: 300,
      series: 2,
      calls: 4,
      settledUntil: Date.parse(SETTLED),
    });
  });

  it('is known where there is no data', () => {
    const empty = toDataFrame({ refId: 'A', meta: frame('A').meta, fields: [] });
    expect(planOf(answer([empty]), 'A')).toMatchObject({ step: undefined, source: 300, series: 0, calls: 2 });
  });

  it.each<[string, PanelData | undefined]>([
    ['there is no answer', undefined],
    ['nothing was answered', answer([])],
    ['the answer is that of another query', answer([frame('B')])],
    ['the answer comes without the plugin’s notes', answer([toDataFrame({ refId: 'A', fields: [] })])],
  ])('is unknown where %s', (_name, data) => {
    expect(planOf(data, 'A')).toBeUndefined();
  });
});

describe('a plan', () => {
  const plan: Plan = { step: 300, source: 300, series: 3, calls: 2, settledUntil: 0 };

  const EACH: CdnQuery = { refId: 'A' };
  const MERGED: CdnQuery = { refId: 'A', mergeDomains: true };
  const STATUS: CdnQuery = { refId: 'A', queryType: 'edgeStatus' };

  it.each<[string, Partial<Plan>, CdnQuery]>([
    ['5-minute slices, 3 domains, final up to 12:45, 2 API calls', {}, EACH],
    ['5-minute slices, 1 domain, final up to 12:45, 1 API call', { series: 1, calls: 1 }, EACH],
    ['5-minute slices, 3 domains, final up to 12:45, all from the cache', { calls: 0 }, EACH],
    ['5-minute slices, one merged series, final up to 12:45, 2 API calls', { series: 1 }, MERGED],
    [
      '15-minute slices (from 5-minute slices), 3 domains, final up to 12:45, 2 API calls',
      { step: 900 },
      EACH,
    ],
    [
      '2-hour slices (from 1-hour slices), 3 domains, final up to 12:45, 2 API calls',
      { step: 7200, source: 3600 },
      EACH,
    ],
    ['1-day slices, 3 domains, final up to 12:45, 2 API calls', { step: 86_400, source: 86_400 }, EACH],
    ['5-minute slices, no data, final up to 12:45, 2 API calls', { step: undefined, series: 0 }, EACH],
    ['5-minute slices, 3 series, final up to 12:45, 2 API calls', {}, STATUS],
    ['5-minute slices, 1 series, final up to 12:45, 2 API calls', { series: 1 }, STATUS],
    ['5-minute slices, 3 series, final up to 12:45, 2 API calls', {}, { ...STATUS, mergeDomains: true }],
    ['5-minute slices, no data, final up to 12:45, 2 API calls', { series: 0 }, STATUS],
  ])('reads “%s”', (text, change, query) => {
    expect(planText({ ...plan, ...change }, withDefaults(query), '12:45')).toBe(text);
  });
});

describe('a moment', () => {
  const moment = Date.parse('2026-01-05T16:30:00Z');

  it.each([
    ['16:30', 'utc', '2026-01-05T18:00:00Z'],
    ['2026-01-05 16:30', 'utc', '2026-01-06T00:10:00Z'],
    ['00:30', 'Asia/Shanghai', '2026-01-05T18:00:00Z'],
    ['2026-01-06 00:30', 'Asia/Shanghai', '2026-01-06T16:10:00Z'],
  ])('is written %s in the zone %s at %s', (text, zone, now) => {
    expect(momentText(moment, zone, Date.parse(now))).toBe(text);
  });
});
