import {
  CustomVariableSupport,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
} from '@grafana/data';
import { from, type Observable } from 'rxjs';
import { VariableEditor } from './components/VariableEditor';
import { type DomainFinder, savedFilters } from './domainFilters';
import { errorText } from './errorText';
import type { DomainVariableQuery, CdnQuery, CdnSettings } from './types';

/** Makes the account's domains the values of a dashboard variable. */
export class DomainVariables extends CustomVariableSupport<
  DataSourceApi<CdnQuery, CdnSettings> & DomainFinder,
  DomainVariableQuery,
  CdnQuery,
  CdnSettings
> {
  editor = VariableEditor;

  constructor(private readonly datasource: DomainFinder) {
    super();
  }

  query({ targets, scopedVars }: DataQueryRequest<DomainVariableQuery>): Observable<DataQueryResponse> {
    return from(this.find(savedFilters(targets[0]), scopedVars));
  }

  private async find(
    query: DomainVariableQuery,
    scopedVars: DataQueryRequest['scopedVars']
  ): Promise<DataQueryResponse> {
    try {
      const domains = await this.datasource.findDomains(query, scopedVars);
      return { data: domains.map(({ name }) => ({ text: name, value: name })) };
    } catch (error) {
      // Grafana shows the message of an error, which that of a refused request does not hold.
      throw new Error(errorText(error));
    }
  }
}
