import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { METRICS, metricOf } from './metrics';
import pluginJson from './plugin.json';
import { asksForSomething, FIELDS, fitted, withDefaults } from './query';
import type { CdnQuery } from './types';

const here = path.join(__dirname, 'dashboards');
const provisioned = path.join(__dirname, '..', 'provisioning');
const english = jsonFiles(here);
const chinese = jsonFiles(path.join(here, 'zh-Hans')).map((file) => `zh-Hans/${file}`);
const files = [...english, ...chinese];

/** What a data source is called in a dashboard that works wherever it is imported. */
const CHOSEN = { type: pluginJson.id, uid: '${datasource}' };

/** The values of the query's fields, as docs/query.md lists them. */
const VALUES: Record<string, unknown[]> = {
  queryType: Object.keys(METRICS),
  domainMode: ['list', 'regex', 'all'],
  mergeDomains: [true, false],
  timeMerge: ['auto', 'on', 'off'],
  granularity: ['auto', '5m', '1h', '1d'],
  gapFill: ['none', 'null', 'zero'],
  provisional: ['hide', 'show'],
  statusBy: ['class', 'code'],
  onForbidden: ['notice'],
};

test('the bundled dashboards are the provisioned ones, and plugin.json includes each', () => {
  expect(english).toEqual(jsonFiles(path.join(provisioned, 'dashboards')));
  expect(chinese).toEqual(english.map((file) => `zh-Hans/${file}`));
  for (const file of english) {
    expect(realpathSync(path.join(here, file))).toBe(path.join(provisioned, 'dashboards', file));
    expect(realpathSync(path.join(here, 'zh-Hans', file))).toBe(
      path.join(provisioned, 'zh-Hans', 'dashboards', file)
    );
  }
  const included = pluginJson.includes.map(({ type, name, path: file }) => ({ type, name, file }));
  const inOrder = files.map((file) => `dashboards/${file}`);
  expect(included.sort((a, b) => inOrder.indexOf(a.file) - inOrder.indexOf(b.file))).toEqual(
    files.map((file) => ({ type: 'dashboard', name: read(file).title, file: `dashboards/${file}` }))
  );
});

describe.each(files)('%s', (file) => {
  const dashboard = read(file);
  const isChinese = chinese.includes(file);
  const panels = dashboard.panels
    .filter(({ type }) => type !== 'row')
    .map((panel) => [panel.title ?? `number ${panel.id}`, panel] as const);

  it('names no data source: every reference is the variable', () => {
    const references = findAll(dashboard, 'datasource');
    expect(references.length).toBeGreaterThan(panels.length);
    for (const reference of references) {
      expect(reference).toEqual(CHOSEN);
    }
  });

  it('lets the data source be chosen among those of this plugin', () => {
    expect(variable('datasource')).toMatchObject({ type: 'datasource', query: pluginJson.id, current: {} });
  });

  it('asks this data source for the values of the variable for domains', () => {
    expect(variable('domain')).toMatchObject({ type: 'query', query: { queryType: 'domains' } });
  });

  it('gives no id and no title twice', () => {
    for (const key of ['id', 'title'] as const) {
      const given = dashboard.panels.map((panel) => panel[key]);
      expect(new Set(given).size).toBe(given.length);
    }
    expect(dashboard.uid).toMatch(isChinese ? /^aliyuncdn-.*-zh$/ : /^aliyuncdn-.*(?<!-zh)$/);
  });

  it('links to bundled dashboards in its language, with the data source and the time range', () => {
    const uids = (isChinese ? chinese : english).map((each) => read(each).uid);
    const links = findAll(dashboard, 'url').map(String);
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) {
      expect(uids).toContain(/^\/d\/([^/?]+)\?var-datasource=\$\{datasource\}/.exec(link)?.[1]);
    }
    for (const { keepTime } of dashboard.links) {
      expect(keepTime).toBe(true);
    }
    for (const link of findAll(dashboard.panels, 'url').map(String)) {
      expect(link).toMatch(/&var-domain=\$\{__[\w\p{Script=Han}.]+\}&\$\{__url_time_range\}$/u);
    }
  });

  it('has no panels that overlap or reach over the edge', () => {
    for (const { gridPos: a, id } of dashboard.panels) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      const overlapped = dashboard.panels.filter(
        ({ id: other, gridPos: b }) =>
          other !== id && a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
      );
      expect(overlapped.map(({ title }) => title)).toEqual([]);
    }
  });

  it.each(panels)('has a panel "%s" with a title, sentences and valid queries', (_title, panel) => {
    expect(panel.title).toBeTruthy();
    expect(panel.description).toMatch(isChinese ? /。$/ : /\.$/);
    // Instead of "No data".
    expect(panel.fieldConfig.defaults.noValue).toMatch(isChinese ? /^\p{Script=Han}.*。$/u : /^[A-Z].*\.$/);
    expect(panel.targets.length).toBeGreaterThan(0);
    for (const target of panel.targets) {
      expectValid(target);
    }
  });

  function variable(name: string) {
    return dashboard.templating.list.find((each) => each.name === name);
  }
});

function expectValid({ refId, datasource, ...fields }: CdnQuery) {
  expect(refId).toMatch(/^[A-Z]$/);
  expect(datasource).toEqual(CHOSEN);
  expect(FIELDS).toEqual(expect.arrayContaining(Object.keys(fields)));
  expect(asksForSomething({ refId, ...fields })).toBe(true);
  // The unit is said: bits per slice, the default, suit none of these panels.
  const { queryType, unit } = withDefaults({ refId, ...fields });
  expect(fields).toHaveProperty('unit');
  expect(metricOf(queryType).units).toContain(unit);
  expect(fitted(fields)).toEqual(fields);
  // A panel that may not be read has a sentence, not an error.
  expect(fields).toHaveProperty('onForbidden');
  for (const [field, value] of Object.entries(fields)) {
    if (field in VALUES) {
      expect({ [field]: VALUES[field] }).toEqual({ [field]: expect.arrayContaining([value]) });
    }
  }
}

interface Dashboard {
  uid: string;
  title: string;
  panels: Array<{
    id: number;
    type: string;
    title?: string;
    description?: string;
    gridPos: { x: number; y: number; w: number; h: number };
    fieldConfig: { defaults: { noValue?: string } };
    targets: CdnQuery[];
  }>;
  links: Array<{ keepTime: boolean }>;
  templating: { list: Array<{ name: string }> };
}

function jsonFiles(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort();
}

function read(file: string): Dashboard {
  return JSON.parse(readFileSync(path.join(here, file), 'utf8'));
}

/** The values of every property of that name, however deep. */
function findAll(value: unknown, name: string): unknown[] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, child]) => (key === name ? [child] : findAll(child, name)));
}
