import type { CoreApp, DataSourceInstanceSettings, ScopedVars } from '@grafana/data';
import { DataSourceWithBackend, getTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { displayText } from './displayText';
import { asksForSomething, DEFAULT_QUERY } from './query';
import type { DomainList, OriginFlowQuery, OriginFlowSettings } from './types';
import { interpolate } from './variables';

export class DataSource extends DataSourceWithBackend<OriginFlowQuery, OriginFlowSettings> {
  constructor(
    settings: DataSourceInstanceSettings<OriginFlowSettings>,
    private readonly templates: TemplateSrv = getTemplateSrv()
  ) {
    super(settings);
  }

  getDefaultQuery(_app: CoreApp): Partial<OriginFlowQuery> {
    return { ...DEFAULT_QUERY };
  }

  filterQuery(query: OriginFlowQuery): boolean {
    return !query.hide && asksForSomething(query);
  }

  getQueryDisplayText(query: OriginFlowQuery): string {
    return displayText(query);
  }

  applyTemplateVariables(query: OriginFlowQuery, scopedVars: ScopedVars): OriginFlowQuery {
    return interpolate(query, this.templates, scopedVars);
  }

  interpolateVariablesInQueries(queries: OriginFlowQuery[], scopedVars: ScopedVars): OriginFlowQuery[] {
    // These queries leave the dashboard, for Explore, so they must name their data source themselves.
    return queries.map((query) => ({
      ...this.applyTemplateVariables(query, scopedVars),
      datasource: this.getRef(),
    }));
  }

  /** The account's domains whose names contain `search`; all of them when it is empty. */
  getDomains(search = ''): Promise<DomainList> {
    return this.getResource<DomainList>('domains', { search }, { showErrorAlert: false });
  }

  /** The dashboard's variables, written as a query names them. */
  getVariableNames(): string[] {
    return this.templates.getVariables().map(({ name }) => `$${name}`);
  }
}
