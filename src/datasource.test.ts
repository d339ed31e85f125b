import { CoreApp, type DataSourceInstanceSettings } from '@grafana/data';
import { HealthCheckError, setBackendSrv, type TemplateSrv } from '@grafana/runtime';
import { type Observable, of, throwError } from 'rxjs';
import { DataSource } from './datasource';
import { withDefaults } from './query';
import type { Domain, DomainVariableQuery, CdnSettings } from './types';

const settings = {
  uid: 'cdn',
  id: 1,
  type: 'originflow-aliyuncdn-datasource',
  name: 'CDN',
  jsonData: {},
} as DataSourceInstanceSettings<CdnSettings>;

const templates = {
  replace: (text = '', _scopedVars: unknown, format: (value: unknown) => string) =>
    text.replace('$domain', () => format(['a.example.com', 'b.example.com'])),
  getVariables: () =>
    ['query', 'custom', 'constant', 'textbox', 'interval', 'datasource', 'adhoc', 'groupby', 'system'].map(
      (type) => ({ type, name: `a_${type}` })
    ),
} as unknown as TemplateSrv;

const datasource = new DataSource(settings, templates);

it('starts a query with what its defaults are in every metric, each time in a copy of its own', () => {
  const query = datasource.getDefaultQuery(CoreApp.Dashboard);
  // Grafana lays them under saved queries, where they must not change what is missing there.
  expect(withDefaults({ refId: 'A', ...query, queryType: 'hitRatio' })).toEqual(
    withDefaults({ refId: 'A', queryType: 'hitRatio' })
  );
  expect(query).toMatchObject({ queryType: 'originFlow', domainMode: 'list', legendFormat: '{{domain}}' });
  expect(query).not.toHaveProperty('unit');
  expect(query).not.toHaveProperty('statusBy');
  expect(query).not.toBe(datasource.getDefaultQuery(CoreApp.Dashboard));
});

it('lays nothing over the queries of an alert rule', () => {
  expect(datasource.getDefaultQuery(CoreApp.UnifiedAlerting)).toEqual({});
});

it('does not run hidden queries or queries that ask for nothing', () => {
  expect(datasource.filterQuery({ refId: 'A', domainMode: 'all' })).toBe(true);
  expect(datasource.filterQuery({ refId: 'A', domainMode: 'all', hide: true })).toBe(false);
  expect(datasource.filterQuery({ refId: 'A', domainMode: 'list', domains: [] })).toBe(false);
});

it('expands variables before a query is sent', () => {
  const query = datasource.applyTemplateVariables({ refId: 'A', domains: ['$domain'] }, {});
  expect(query).toEqual({ refId: 'A', domains: ['a.example.com', 'b.example.com'] });
});

it('names itself in queries that are carried over to Explore', () => {
  const queries = datasource.interpolateVariablesInQueries([{ refId: 'A', domains: ['$domain'] }], {});
  expect(queries).toEqual([
    {
      refId: 'A',
      domains: ['a.example.com', 'b.example.com'],
      datasource: { type: settings.type, uid: settings.uid },
    },
  ]);
});

it('offers the variables that may hold domains as a query writes them', () => {
  expect(datasource.getVariableNames()).toEqual(['$a_query', '$a_custom', '$a_constant', '$a_textbox']);
});

describe('the domains of the account', () => {
  const domain = (name: string, status = 'online', type = 'web'): Domain => ({
    name,
    status,
    type,
    coverage: 'global',
    cname: '',
  });
  const account = [
    domain('www.example.com'),
    domain('img.example.com', 'offline'),
    domain('b.example.com', 'online', 'video'),
  ];

  function backend(answer: () => Observable<unknown> = () => of({ data: { domains: account, total: 3 } })) {
    const fetch = jest.fn(answer);
    setBackendSrv({ fetch } as never);
    return { fetch, datasource: new DataSource(settings, templates) };
  }

  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('are asked of the backend, and errors are left to whoever asked', async () => {
    const { fetch, datasource } = backend();
    await expect(datasource.getDomains()).resolves.toEqual(account);
    expect(fetch).toHaveBeenCalledWith(
      expect.objectContaining({
        url: '/api/datasources/uid/cdn/resources/domains',
        showErrorAlert: false,
      })
    );
  });

  it('are fetched once for everybody within a minute', async () => {
    const { fetch, datasource } = backend();
    await Promise.all([datasource.getDomains(), datasource.getDomains()]);
    jest.advanceTimersByTime(59_000);
    await datasource.getDomains();
    expect(fetch).toHaveBeenCalledTimes(1);
    jest.advanceTimersByTime(1_000);
    await datasource.getDomains();
    expect(fetch).toHaveBeenCalledTimes(2);
  });

  it('are asked for again after a failure', async () => {
    const { fetch, datasource } = backend(() => throwError(() => ({ status: 502, data: {} })));
    await expect(datasource.getDomains()).rejects.toMatchObject({ status: 502 });
    fetch.mockImplementation(() => of({ data: { domains: account, total: 3 } }));
    await expect(datasource.getDomains()).resolves.toEqual(account);
  });

  it('become values of a dashboard variable by its filters, which the backend applies', async () => {
    const { fetch, datasource } = backend();
    const query: DomainVariableQuery = { refId: 'A', search: '$domain', regex: '(?s)^b', type: 'video' };
    await expect(datasource.findDomains(query)).resolves.toEqual(account);
    expect(fetch).toHaveBeenCalledWith(
      expect.objectContaining({
        url: '/api/datasources/uid/cdn/resources/domains',
        params: { search: ['a.example.com', 'b.example.com'], regex: '(?s)^b', status: [], type: ['video'] },
        showErrorAlert: false,
      })
    );
  });
});

describe('save and test', () => {
  const details = { verboseMessage: 'Origin flow: answers\nDomains: denied' };
  const health = (status: string) => {
    const answer = { status, message: 'half', details };
    setBackendSrv({
      fetch: () => (status === 'OK' ? of({ data: answer }) : throwError(() => ({ data: answer }))),
    } as never);
    return new DataSource(settings, templates).testDatasource();
  };

  it('shows the details of a success, which may be half of one', async () => {
    await expect(health('OK')).resolves.toEqual({ status: 'success', message: 'half', details });
  });

  it('fails with message and details in the form that Grafana takes apart', async () => {
    const failure = await health('ERROR').catch((error) => error);
    expect(failure).toMatchObject({ status: 'error', message: 'half', error: { message: 'half', details } });
    expect(failure.error).toBeInstanceOf(HealthCheckError);
  });
});
