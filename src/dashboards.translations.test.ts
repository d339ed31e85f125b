import { readFileSync } from 'node:fs';
import path from 'node:path';
import { translateAll } from '../localize/provisioning';
import texts from '../localize/zh-Hans.json';

/** The Chinese dashboards and alert rules are made of the English ones and a table of texts: localize/. */
const provisioning = path.join(__dirname, '..', 'provisioning');
const { made, missing, unused } = translateAll();
const names = Object.keys(made);
const dashboards = names.filter((name) => name.endsWith('.json'));
const table: Record<string, string> = texts;

test('every text has a translation, and every translation is used', () => {
  expect({ missing, unused }).toEqual({ missing: [], unused: [] });
});

test('a text without a translation is found, and a translation that nobody uses', () => {
  const rest = Object.fromEntries(Object.entries(table).filter(([text]) => text !== 'Origin volume'));
  const found = translateAll({ ...rest, 'Nobody says so': '没有人这样说' });
  expect(found).toMatchObject({ missing: ['Origin volume'], unused: ['Nobody says so'] });
});

test.each(names)('zh-Hans/%s is up to date; if not, go tool mage translate', (name) => {
  expect(readFileSync(path.join(provisioning, 'zh-Hans', name), 'utf8')).toBe(made[name]);
});

test('translations have the placeholders of their texts, and characters', () => {
  for (const [text, translation] of Object.entries(table)) {
    expect(placeholders(translation)).toEqual(placeholders(text));
    expect(translation).toMatch(/[\p{Script=Han}。]/u);
  }
});

describe.each(dashboards)('%s', (name) => {
  const english = JSON.parse(
    readFileSync(path.join(provisioning, 'dashboards', path.basename(name)), 'utf8')
  );
  const chinese = JSON.parse(made[name]);

  it('differs in what is shown only', () => {
    const neutral = (dashboard: unknown) =>
      JSON.parse(JSON.stringify(dashboard), (key, value) =>
        typeof value === 'string' && SHOWN.has(key) ? '' : value
      );
    const queries = (dashboard: { panels: Array<{ targets?: object[] }> }) =>
      dashboard.panels.map(({ targets }) => neutral(targets ?? []));
    expect(queries(chinese)).toEqual(queries(english));
    const layout = ({ panels }: { panels: object[] }) => panels.map((panel) => shape(panel));
    expect(layout(chinese)).toEqual(layout(english));
  });

  it('calls what has two names in a panel by two names, and what has one by one', () => {
    english.panels.forEach((panel: object, i: number) => {
      const from = strings(panel);
      const to = strings(chinese.panels[i]);
      expect(to).toHaveLength(from.length);
      expect(new Set(from.map((text, at) => `${text} → ${to[at]}`)).size).toBe(new Set(from).size);
      expect(new Set(to).size).toBe(new Set(from).size);
    });
  });

  it('has no English left where something is shown', () => {
    for (const text of strings(chinese, SHOWN)) {
      expect(text.replace(/\{\{\w+\}\}/g, '')).not.toMatch(/[A-Za-z]{4}/);
    }
  });
});

/** The properties whose values a reader sees. */
const SHOWN = new Set(['title', 'description', 'tooltip', 'label', 'legendFormat', 'noValue', 'text']);

function placeholders(text: string): string[] {
  return (text.match(/\{\{.*?\}\}/g) ?? []).sort();
}

/** The strings in a value, or those of the properties of these names, however deep. */
function strings(value: unknown, of?: Set<string>, key = ''): string[] {
  if (typeof value === 'string') {
    return !of || of.has(key) ? [value] : [];
  }
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([name, child]) =>
    strings(child, of, Array.isArray(value) ? key : name)
  );
}

/** A value without its strings. */
function shape(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value), (_key, child) => (typeof child === 'string' ? '' : child));
}
