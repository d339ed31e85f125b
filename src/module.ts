import { DataSourcePlugin } from '@grafana/data';
import { ConfigEditor } from './components/ConfigEditor';
import { QueryEditor } from './components/QueryEditor';
import { DataSource } from './datasource';
import { startTexts } from './texts';
import type { CdnQuery, CdnSecrets, CdnSettings } from './types';

// Not awaited: a module that waits is a promise, and AMD loaders hand that on as the module itself.
// The texts are bundled, so that this is done before anything is drawn.
void startTexts();

export const plugin = new DataSourcePlugin<DataSource, CdnQuery, CdnSettings, CdnSecrets>(DataSource)
  .setConfigEditor(ConfigEditor)
  .setQueryEditor(QueryEditor);
