import type { DomainVariableQuery } from './types';

/**
 * The query of a variable that is new. It must not stay empty: Grafana does not run an empty query,
 * though one without filters means every domain.
 */
export const DEFAULT_VARIABLE_QUERY: DomainVariableQuery = { refId: 'domains', queryType: 'domains' };

/** A saved variable query. One that is a text, from a hand-written dashboard, searches for that text. */
export function variableQuery(saved: DomainVariableQuery | string | undefined): DomainVariableQuery {
  return typeof saved === 'string'
    ? { ...DEFAULT_VARIABLE_QUERY, ...(saved.trim() !== '' && { search: saved.trim() }) }
    : { ...DEFAULT_VARIABLE_QUERY, ...saved };
}
