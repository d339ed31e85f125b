/** The theme of the page, as Grafana names it. */
export type ThemeName = 'light' | 'dark';

/** The two halves of the page. */
export type TabName = 'query' | 'config';

/** Everything that the address bar holds, so that a link, a test or a screenshot can name a state of the page. */
export interface BenchState {
  theme: ThemeName;
  /** BCP 47 tag, as in Grafana's user preferences. */
  lang: string;
  tab: TabName;
  /** Start of the range: relative (`now-24h`) or milliseconds since 1970. */
  from: string;
  /** End of the range, written as `from` is. */
  to: string;
  timeZone: string;
  /** Fields that replace those of the data source's default query. */
  query: Record<string, unknown>;
  /** Values of the template variables: `var-domain=a&var-domain=b`. */
  variables: Record<string, string[]>;
}

const VARIABLE = 'var-';

/** The template variables that exist, with the values they have when the address names none. */
const VARIABLES: Record<string, string[]> = { domain: ['www.example.com', 'static.example.com'] };

/** What is asked when the address has no query, so that there is something to see at once. */
const FIRST_QUERY = { domains: VARIABLES.domain, unit: 'bitsPerSecond' };

/** Reads the state from the query part of an address. What is missing or senseless gets its default. */
export function readState(search: string): BenchState {
  const params = new URLSearchParams(search);
  const variables = { ...VARIABLES };
  for (const key of new Set(params.keys())) {
    if (key.startsWith(VARIABLE)) {
      variables[key.slice(VARIABLE.length)] = params.getAll(key);
    }
  }
  return {
    theme: params.get('theme') === 'light' ? 'light' : 'dark',
    lang: params.get('lang') ?? 'en-US',
    tab: params.get('tab') === 'config' ? 'config' : 'query',
    from: params.get('from') ?? 'now-24h',
    to: params.get('to') ?? 'now',
    timeZone: params.get('timeZone') ?? 'browser',
    query: parseObject(params.get('query')) ?? FIRST_QUERY,
    variables,
  };
}

/** Writes the state as the query part of an address; `readState` gives it back. */
export function writeState(state: BenchState): string {
  const { variables, query, ...plain } = state;
  const params = new URLSearchParams(plain);
  params.set('query', JSON.stringify(query));
  for (const [name, values] of Object.entries(variables)) {
    values.forEach((value) => params.append(VARIABLE + name, value));
  }
  return `?${params}`;
}

function parseObject(text: string | null): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return value !== null && typeof value === 'object' ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
