import type { DomainVariableQuery } from './types';
import { asPattern, EVERY_DOMAIN, expand, type Replace } from './variables';

/**
 * What the backend is asked for to find the domains that meet the filters of a variable: an entry for each value of
 * another variable in them. The pattern is not read here, since the backend's dialect is the one of queries.
 */
export function domainParams(
  { search = '', regex = '', status = '', type = '' }: DomainVariableQuery,
  replace: Replace
) {
  return {
    search: filterValues(search, replace),
    regex: replace(regex, asPattern),
    status: filterValues(status, replace),
    type: filterValues(type, replace),
  };
}

/** What a filter looks for. None means that it does not filter. */
function filterValues(filter: string, replace: Replace): string[] {
  const values = expand(filter, replace).map((value) => value.trim());
  return values.some((value) => EVERY_DOMAIN.includes(value)) ? [] : values.filter((value) => value !== '');
}
