import type {
  DataQuery,
  DataSourceApi,
  DataSourceInstanceSettings,
  DataSourceJsonData,
  DataSourcePlugin,
  DataSourcePluginMeta,
  DataSourceSettings,
} from '@grafana/data';
import { getBackendSrv, setBackendSrv, setDataSourceSrv, setTemplateSrv } from '@grafana/runtime';

import { backendSrv } from './backendSrv';
import { loadPluginModule } from './shared';
import { makeTemplateSrv } from './templateSrv';

/** The data source plugin whatever its own query and options are: the page knows neither. */
export type AnyPlugin = DataSourcePlugin<DataSourceApi>;

/** The data source as the settings page edits it. */
export type Settings = DataSourceSettings<DataSourceJsonData, Record<string, string>>;

/** A loaded plugin with the data source it runs for. */
export interface Bench {
  plugin: AnyPlugin;
  settings: Settings;
  dataSource: DataSourceApi;
}

/** A query as the editor leaves it. */
export type AnyQuery = DataQuery & Record<string, unknown>;

/** Sets up what Grafana keeps for plugins, then loads the built module and makes its data source. */
export async function loadBench(variables: () => Record<string, string[]>): Promise<Bench> {
  setBackendSrv(backendSrv);
  setTemplateSrv(makeTemplateSrv(variables));
  const [settings] = await getBackendSrv().get<Settings[]>('/api/datasources');
  const baseUrl = `/public/plugins/${settings.type}`;
  const meta = await getBackendSrv().get<DataSourcePluginMeta>(`${baseUrl}/plugin.json`);
  const { plugin } = (await loadPluginModule(`${baseUrl}/module.js`)) as { plugin: AnyPlugin };
  plugin.meta = { ...meta, module: `${baseUrl}/module.js`, baseUrl };
  return makeBench(plugin, settings);
}

/** Saves the settings and makes the data source anew from what was saved, as Grafana does. */
export async function saveBench({ plugin }: Bench, edited: Settings): Promise<Bench> {
  const path = `/api/datasources/uid/${edited.uid}`;
  const { datasource } = await getBackendSrv().put<{ datasource: Settings }>(path, edited);
  return makeBench(plugin, datasource);
}

function makeBench(plugin: AnyPlugin, settings: Settings): Bench {
  const instance: DataSourceInstanceSettings = {
    id: settings.id,
    uid: settings.uid,
    type: settings.type,
    name: settings.name,
    url: settings.url,
    access: 'proxy',
    readOnly: false,
    meta: plugin.meta,
    jsonData: settings.jsonData,
  };
  const dataSource = new plugin.DataSourceClass(instance);
  dataSource.meta = plugin.meta;
  setDataSourceSrv({
    get: () => Promise.resolve(dataSource),
    getList: () => [instance],
    getInstanceSettings: () => instance,
    reload: () => Promise.resolve(),
    registerRuntimeDataSource: () => undefined,
  });
  return { plugin, settings, dataSource };
}
