import { METRICS, metricOf, nearestUnit, steadyUnit } from './metrics';
import { DEFAULT_QUERY } from './query';
import type { Metric, Unit } from './types';
import { UNITS } from './units';

const ids = Object.keys(METRICS) as Metric[];

it('offers first what a query shows that names no metric', () => {
  expect(ids[0]).toBe(DEFAULT_QUERY.queryType);
});

it.each(ids)('describes %s in a sentence, with units that exist', (id) => {
  const { label, description, units } = METRICS[id];
  expect(label()).toMatch(/^[A-Z]/);
  expect(description()).toMatch(/^[A-Z].*\.$/);
  expect(Object.keys(UNITS)).toEqual(expect.arrayContaining(units));
  expect(units).not.toHaveLength(0);
});

it('shows a metric that it does not know by its id, whatever that is', () => {
  expect(metricOf('toString' as Metric).label()).toBe('toString');
  expect(metricOf('tomorrow' as Metric).units).toEqual([]);
});

describe('the nearest unit', () => {
  it.each<[Unit, Metric, Unit]>([
    ['bytes', 'edgeFlow', 'bytes'],
    ['bytesPerSecond', 'edgeFlow', 'bytesPerSecond'],
    ['bits', 'edgeRequests', 'count'],
    ['bytes', 'edgeRequests', 'count'],
    ['bitsPerSecond', 'edgeRequests', 'perSecond'],
    ['bytesPerSecond', 'originStatus', 'perSecond'],
    ['count', 'originFlow', 'bits'],
    ['perSecond', 'originFlow', 'bitsPerSecond'],
    ['bitsPerSecond', 'hitRatio', 'percent'],
    ['percent', 'requestHitRatio', 'percent'],
    ['percent', 'edgeStatus', 'percent'],
    ['percent', 'originFlow', 'bits'],
    ['percent', 'edgeRequests', 'count'],
    ['furlongs' as Unit, 'edgeFlow', 'bits'],
    [undefined as unknown as Unit, 'edgeFlow', 'bits'],
  ])('to %s in %s is %s', (from, metric, nearest) => {
    expect(nearestUnit(from, metric)).toBe(nearest);
  });
});

it.each<[Metric, Unit]>([
  ['originFlow', 'bitsPerSecond'],
  ['edgeStatus', 'perSecond'],
  ['hitRatio', 'percent'],
])('%s is steady in %s, whatever the length of a slice', (metric, unit) => {
  expect(steadyUnit(metric)).toBe(unit);
});
