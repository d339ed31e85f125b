import { CoreApp, type DataSourceInstanceSettings } from '@grafana/data';
import { setBackendSrv, type TemplateSrv } from '@grafana/runtime';
import { of } from 'rxjs';
import { DataSource } from './datasource';
import { DEFAULT_QUERY } from './query';
import type { OriginFlowSettings } from './types';

const settings = {
  uid: 'cdn',
  id: 1,
  type: 'originflow-aliyuncdn-datasource',
  name: 'CDN',
  jsonData: {},
} as DataSourceInstanceSettings<OriginFlowSettings>;

const templates = {
  replace: (text = '', _scopedVars: unknown, format: (value: unknown) => string) =>
    text.replace('$domain', () => format(['a.example.com', 'b.example.com'])),
  getVariables: () => [{ name: 'domain' }, { name: 'interval' }],
} as unknown as TemplateSrv;

const datasource = new DataSource(settings, templates);

it('starts a query with the defaults, each time in a copy of its own', () => {
  const query = datasource.getDefaultQuery(CoreApp.Dashboard);
  expect(query).toEqual(DEFAULT_QUERY);
  expect(query).not.toBe(DEFAULT_QUERY);
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

it('offers the variables of the dashboard as a query writes them', () => {
  expect(datasource.getVariableNames()).toEqual(['$domain', '$interval']);
});

it('asks the backend for domains and leaves errors to whoever asked', async () => {
  const answer = { domains: [], total: 0 };
  const fetch = jest.fn(() => of({ data: answer }));
  setBackendSrv({ fetch } as never);
  await expect(datasource.getDomains('exam')).resolves.toBe(answer);
  expect(fetch).toHaveBeenCalledWith(
    expect.objectContaining({
      url: '/api/datasources/uid/cdn/resources/domains',
      params: { search: 'exam' },
      showErrorAlert: false,
    })
  );
});
