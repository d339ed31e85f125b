import { readFileSync } from 'node:fs';
import path from 'node:path';
import {
  createDataFrame,
  type DataFrame,
  type DataTransformerConfig,
  FieldType,
  standardTransformers,
  standardTransformersRegistry,
  transformDataFrame,
} from '@grafana/data';
import { lastValueFrom } from 'rxjs';

/**
 * What the dashboards reckon with Grafana's transformations: changes are of equal, final ranges, and the ratios of a whole
 * range are quotients of sums.
 */
const HOUR = 3_600_000;

beforeAll(() => {
  // Some of them have two names.
  const byId = new Map(Object.values(standardTransformers).map((each) => [each.id, each]));
  standardTransformersRegistry.setInit(() =>
    [...byId].map(([id, info]) => ({
      id,
      name: id,
      transformation: () => Promise.resolve(info),
      editor: () => null,
      imageDark: '',
      imageLight: '',
    }))
  );
});

/** The newest hour is not final yet, of the shifted series it is. */
const now = (refId: string, legend = '') => series(refId, 'a', [30, null, 60], { legend });
const earlier = (refId: string, legend = '') => series(refId, 'a', [20, 20, 20, 1000], { legend });

test('a change leaves out what is not final yet, and counts a missing slice as nothing', async () => {
  for (const title of ['Origin vs. yesterday', 'Origin vs. last week', 'Edge vs. yesterday']) {
    const shift = title.includes('week') ? '7d' : '1d';
    const [frame] = await reckon(title, [now('A', 'Now'), earlier('B', `Earlier (-${shift})`)]);
    expect(valuesOf(frame, 'Change')).toEqual([90 / 60 - 1]);
  }
});

test('nothing earlier is nothing to compare with', async () => {
  const [frame] = await reckon('Origin vs. yesterday', [now('A', 'Now'), nothing('B')]);
  expect(valuesOf(frame, 'Change')).toBeUndefined();
});

describe('the table of domains', () => {
  const table = (frames: DataFrame[]) => reckon('Largest domains in the time range', frames);
  const answers = (domain: string, status: string, counts: number[]) =>
    series('E', domain, counts, { labels: { class: status } });

  it('has sums, quotients of sums, and changes of equal ranges', async () => {
    const [frame, ...others] = await table([
      now('A'),
      series('A', 'b', [100, 100, 100]),
      earlier('B'),
      series('C', 'a', [300, 100, 500]),
      // Weighted by edge flow: (90 × 300 + 40 × 500) ÷ 900. In the second hour there is none.
      series('D', 'a', [90, undefined, 40]),
      answers('a', '2xx', [900, 10, 0]),
      answers('a', '5xx', [0, 0, 90]),
    ]);
    expect(others).toEqual([]);
    expect(valuesOf(frame, 'Domain')).toEqual(['b', 'a']);
    expect(valuesOf(frame, 'Origin volume')).toEqual([300, 90]);
    expect(valuesOf(frame, 'vs. yesterday')).toEqual([Infinity, 0.5]);
    expect(valuesOf(frame, 'Origin share')?.[1]).toBeCloseTo(90 / 900);
    expect(valuesOf(frame, 'Hit ratio')?.[1]).toBeCloseTo(47_000 / 900);
    expect(valuesOf(frame, 'Origin 5xx')?.[1]).toBeCloseTo(90 / 1000);
    expect(frame.fields).toHaveLength(6);
  });

  it('leaves out the columns that may not be read', async () => {
    const [frame] = await table([now('A'), earlier('B'), nothing('C'), nothing('D'), nothing('E')]);
    expect(frame.fields.map(({ name, config }) => config.displayName ?? name)).toEqual([
      'Domain',
      'Origin volume',
      'vs. yesterday',
    ]);
    expect(valuesOf(frame, 'vs. yesterday')).toEqual([0.5]);
  });
});

test('the largest rises are those of equal ranges, and no falls', async () => {
  const [frame] = await reckon('Largest rises against yesterday', [
    now('A'),
    series('A', 'b', [10, 10, 10]),
    series('A', 'c', [100, 100, 100]),
    earlier('B'),
    series('B', 'b', [20, 20, 20, 20]),
    series('B', 'c', [20, 20, 20, 20]),
  ]);
  expect(valuesOf(frame, 'Domain')).toEqual(['c', 'a']);
  expect(valuesOf(frame, 'More')).toEqual([240, 30]);
});

/** A series as the backend sends it, a value an hour; an undefined one is left out. */
function series(
  refId: string,
  domain: string,
  values: Array<number | null | undefined>,
  { legend = domain, labels = {} } = {}
): DataFrame {
  const there = values.flatMap((value, i) => (value === undefined ? [] : [{ time: i * HOUR, value }]));
  return createDataFrame({
    refId,
    fields: [
      { name: 'Time', type: FieldType.time, values: there.map(({ time }) => time) },
      {
        name: 'Value',
        type: FieldType.number,
        labels: { domain, ...labels },
        config: { displayNameFromDS: legend },
        values: there.map(({ value }) => value),
      },
    ],
  });
}

/** What the backend answers where there is no series. */
const nothing = (refId: string) => createDataFrame({ refId, fields: [] });

/** What the overview's panel of that title makes of the frames. */
function reckon(title: string, frames: DataFrame[]): Promise<DataFrame[]> {
  const file = path.join(__dirname, 'dashboards', 'origin-overview.json');
  const { panels }: { panels: Array<{ title: string; transformations?: DataTransformerConfig[] }> } =
    JSON.parse(readFileSync(file, 'utf8'));
  const transformations = panels.find((panel) => panel.title === title)?.transformations ?? [];
  expect(transformations).not.toHaveLength(0);
  return lastValueFrom(transformDataFrame(transformations, frames));
}

function valuesOf(frame: DataFrame, name: string): unknown[] | undefined {
  return frame.fields.find((field) => (field.config.displayName ?? field.name) === name)?.values;
}
