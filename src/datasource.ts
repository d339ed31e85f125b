import {
  CoreApp,
  type DataSourceInstanceSettings,
  type ScopedVars,
  type TestDataSourceResponse,
} from '@grafana/data';
import {
  DataSourceWithBackend,
  getTemplateSrv,
  HealthCheckError,
  HealthStatus,
  type TemplateSrv,
} from '@grafana/runtime';
import { displayText } from './displayText';
import { type DomainFinder, filterParams } from './domainFilters';
import { DomainVariables } from './domainVariables';
import { interpolate } from './interpolate';
import { asksForSomething, DEFAULT_QUERY, fitted } from './query';
import type { Domain, DomainList, DomainVariableQuery, CdnQuery, CdnSettings } from './types';

/** The kinds of variables whose values are texts of the user's. The others hold lengths of time, data sources or filters. */
const TEXT_VARIABLES = ['query', 'custom', 'constant', 'textbox'];

/** A list fetched within this time is not fetched again: editors ask each time they are opened. */
const LIST_FRESH_MS = 60_000;

export class DataSource extends DataSourceWithBackend<CdnQuery, CdnSettings> implements DomainFinder {
  private list?: { at: number; domains: Promise<Domain[]> };

  constructor(
    settings: DataSourceInstanceSettings<CdnSettings>,
    private readonly templates: TemplateSrv = getTemplateSrv()
  ) {
    super(settings);
    this.variables = new DomainVariables(this);
  }

  getDefaultQuery(app: CoreApp): Partial<CdnQuery> {
    // Grafana lays these under the saved queries too, so they hold nothing that does not fit each of them. A rule's editor
    // takes a query that has them for one begun already, and begins a new one by itself.
    return app === CoreApp.UnifiedAlerting ? {} : fitted({ ...DEFAULT_QUERY });
  }

  filterQuery(query: CdnQuery): boolean {
    return !query.hide && asksForSomething(query);
  }

  getQueryDisplayText(query: CdnQuery): string {
    return displayText(query);
  }

  applyTemplateVariables(query: CdnQuery, scopedVars: ScopedVars): CdnQuery {
    return interpolate(query, this.templates, scopedVars);
  }

  interpolateVariablesInQueries(queries: CdnQuery[], scopedVars: ScopedVars): CdnQuery[] {
    // These queries leave the dashboard, for Explore, so they must name their data source themselves.
    return queries.map((query) => ({
      ...this.applyTemplateVariables(query, scopedVars),
      datasource: this.getRef(),
    }));
  }

  async testDatasource(): Promise<TestDataSourceResponse> {
    const health = await this.callHealthCheck();
    if (health.status !== HealthStatus.OK) {
      // In the form that Grafana's settings page takes apart.
      throw {
        status: 'error',
        message: health.message,
        error: new HealthCheckError(health.message, health.details),
      };
    }
    // Grafana's own keeps the details of a failure only, yet a success may be half of one.
    return { status: 'success', message: health.message, details: health.details };
  }

  /** Every domain of the account. Whoever asks while an answer is under way or fresh shares it. */
  getDomains(): Promise<Domain[]> {
    if (!this.list || Date.now() - this.list.at >= LIST_FRESH_MS) {
      const domains = this.fetchDomains();
      const list = { at: Date.now(), domains };
      domains.catch(() => {
        // A failure is not kept: the next one who asks tries again.
        this.list = this.list === list ? undefined : this.list;
      });
      this.list = list;
    }
    return this.list.domains;
  }

  findDomains(query: DomainVariableQuery, scopedVars: ScopedVars = {}): Promise<Domain[]> {
    return this.fetchDomains(
      filterParams(query, (text, format) => this.templates.replace(text, scopedVars, format))
    );
  }

  private async fetchDomains(params = {}): Promise<Domain[]> {
    return (await this.getResource<DomainList>('domains', params, { showErrorAlert: false })).domains;
  }

  /** The dashboard's variables that may hold domains, written as a query names them. */
  getVariableNames(): string[] {
    return this.templates
      .getVariables()
      .filter(({ type }) => TEXT_VARIABLES.includes(type))
      .map(({ name }) => `$${name}`);
  }
}
