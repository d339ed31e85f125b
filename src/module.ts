import { DataSourcePlugin } from '@grafana/data';
import { initPluginTranslations } from '@grafana/i18n';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { DataSource } from './datasource';
import pluginJson from './plugin.json';
import { loadTexts } from './texts';
import type { CdnQuery, CdnSecrets, CdnSettings } from './types';

// Not awaited: a module that waits is a promise, and AMD loaders hand that on as the module itself.
// The texts are bundled, so that this is done before anything is drawn.
void initPluginTranslations(pluginJson.id, [loadTexts]);

export const plugin = new DataSourcePlugin<DataSource, CdnQuery, CdnSettings, CdnSecrets>(DataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
