import type { ScopedVars } from '@grafana/data';
import type { Domain, DomainVariableQuery } from './types';

/**
 * Finds the domains that a dashboard variable asks for, other variables in its filters replaced. The data source does;
 * what it brings along, such as the editor of variables, knows it by this only, or they would import one another.
 */
export interface DomainFinder {
  findDomains(query: DomainVariableQuery, scopedVars?: ScopedVars): Promise<Domain[]>;
}
