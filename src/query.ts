import { isKnown, metricOf, steadyUnit } from './metrics';
import type { CdnQuery, QueryFields } from './types';

/** What a missing field means; the backend holds the same table. A missing unit means the first of the metric's. */
export const DEFAULT_QUERY: Omit<QueryFields, 'unit'> = {
  queryType: 'originFlow',
  domainMode: 'list',
  domains: [],
  domainPattern: '',
  domainFilter: '',
  mergeDomains: false,
  timeMerge: 'auto',
  granularity: 'auto',
  gapFill: 'none',
  provisional: 'hide',
  legendFormat: '{{domain}}',
  statusBy: 'class',
  statusCodes: [],
  topN: 0,
  topBy: 'own',
  timeShift: '',
  onForbidden: 'error',
};

/** The fields of a query that are ours. */
export const FIELDS = [...Object.keys(DEFAULT_QUERY), 'unit'] as Array<keyof QueryFields>;

/** The query with every field present, for code that shows it. */
export function withDefaults(query: CdnQuery): CdnQuery & QueryFields {
  // A field saved as undefined or null is as good as missing, so a plain spread would not do.
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  const filled = { ...DEFAULT_QUERY, ...Object.fromEntries(given) } as CdnQuery & QueryFields;
  // A new alert rule begins with an empty one.
  filled.queryType ||= DEFAULT_QUERY.queryType;
  filled.unit ||= metricOf(filled.queryType).units[0];
  return filled;
}

/** The query without what its metric does not have, and what merged domains leave no use for. */
export function fitted<Q extends Partial<CdnQuery>>(query: Q): Q {
  const fit: Partial<CdnQuery> = { ...query };
  const metric = query.queryType || DEFAULT_QUERY.queryType;
  if (isKnown(metric) && !metricOf(metric).byCode) {
    delete fit.statusBy;
    delete fit.statusCodes;
  }
  if (query.mergeDomains) {
    delete fit.topN;
  }
  if (!fit.topN) {
    delete fit.topBy;
  }
  return fit as Q;
}

/**
 * What the editor of an alert rule begins with: a rate, since a threshold on it holds at every slice length. Not among
 * the defaults that Grafana asks for: it lays those over saved rules as well, where a missing unit means bits.
 */
export function beginRule(query: CdnQuery): CdnQuery {
  const isNew = FIELDS.every((field) => !query[field]);
  return isNew ? { ...query, unit: steadyUnit(withDefaults(query).queryType) } : query;
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

/** Names or codes out of typed or pasted text: separated by commas, semicolons, blanks or lines, each once. */
export function splitList(text: string): string[] {
  return unique(text.split(/[\s,;]+/));
}

/** The names without blanks around them, without empty ones, each once, in their first order. */
export function unique(names: string[]): string[] {
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))];
}
