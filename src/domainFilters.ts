import type { ScopedVars } from '@grafana/data';
import { asPattern, filterValues, type Replace } from './interpolate';
import type { Domain, DomainVariableQuery } from './types';

/**
 * Finds the domains that a dashboard variable asks for, other variables in its filters replaced. The data source does;
 * what it brings along, such as the editor of variables, knows it by this only, or they would import one another.
 */
export interface DomainFinder {
  findDomains(query: DomainVariableQuery, scopedVars?: ScopedVars): Promise<Domain[]>;
}

/**
 * The query of a variable that is new. It must not stay empty: Grafana does not run an empty query,
 * though one without filters means every domain.
 */
const DEFAULT_VARIABLE_QUERY: DomainVariableQuery = { refId: 'domains', queryType: 'domains' };

/** A saved variable query. One that is a text, from a hand-written dashboard, searches for that text. */
export function savedFilters(saved: DomainVariableQuery | string | undefined): DomainVariableQuery {
  return typeof saved === 'string'
    ? { ...DEFAULT_VARIABLE_QUERY, ...(saved.trim() !== '' && { search: saved.trim() }) }
    : { ...DEFAULT_VARIABLE_QUERY, ...saved };
}

/**
 * What the backend is asked for to find the domains that meet the filters of a variable: an entry for each value of
 * another variable in them. The pattern is not read here, since the backend's dialect is the one of queries.
 */
export function filterParams(
  { search = '', regex = '', status = '', type = '' }: DomainVariableQuery,
  replace: Replace
) {
  return {
    search: filterValues([search], replace),
    regex: replace(regex, asPattern),
    status: filterValues([status], replace),
    type: filterValues([type], replace),
  };
}
