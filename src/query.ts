import type { CdnQuery, QueryFields } from './types';

/** What a missing field means; the backend holds the same table. */
export const DEFAULT_QUERY: QueryFields = {
  queryType: 'originFlow',
  domainMode: 'list',
  domains: [],
  domainPattern: '',
  mergeDomains: false,
  timeMerge: 'auto',
  granularity: 'auto',
  gapFill: 'none',
  unit: 'bits',
  provisional: 'hide',
  legendFormat: '{{domain}}',
};

/** The query with every field present, for code that shows it. */
export function withDefaults(query: CdnQuery): CdnQuery & QueryFields {
  // A field saved as undefined or null is as good as missing, so a plain spread would not do.
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  return { ...DEFAULT_QUERY, ...Object.fromEntries(given) } as CdnQuery & QueryFields;
}

/**
 * What the editor of an alert rule begins with: a rate, since a threshold on it holds at every slice length. Not among
 * the defaults that Grafana asks for: it lays those over saved rules as well, where a missing unit means bits.
 */
export function beginRule(query: CdnQuery): CdnQuery {
  const isNew = Object.keys(DEFAULT_QUERY).every((field) => !query[field as keyof QueryFields]);
  return isNew ? { ...query, unit: 'bitsPerSecond' } : query;
}

/**
 * Whether a query asks for something. A list without names and a pattern not yet typed do not: the
 * latter would match the whole account and cost one call per domain.
 */
export function asksForSomething(query: CdnQuery): boolean {
  const { domainMode, domains, domainPattern } = withDefaults(query);
  switch (domainMode) {
    case 'list':
      return domains.some((name) => name.trim() !== '');
    case 'regex':
      return domainPattern.trim() !== '';
    default:
      return true;
  }
}

/** Names out of typed or pasted text: separated by commas, semicolons, blanks or lines, each once. */
export function splitDomains(text: string): string[] {
  return unique(text.split(/[\s,;]+/));
}

/** The names without blanks around them, without empty ones, each once, in their first order. */
export function unique(names: string[]): string[] {
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
}
