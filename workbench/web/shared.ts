/**
 * Loads the built plugin as Grafana does: SystemJS with its AMD extra, and the modules that Grafana shares by name.
 *
 * Only modules that Grafana 11.0.0 shares are offered. A bundle that asks for anything else (`react/jsx-runtime`,
 * `@grafana/i18n`, `@grafana/schema`) fails to load here as it would there. Grafana shares a few more that this plugin
 * has no use for (routers, redux, d3).
 */
import 'systemjs/dist/system.js';
import 'systemjs/dist/extras/amd.js';

import * as emotionCss from '@emotion/css';
import * as emotionReact from '@emotion/react';
import * as grafanaData from '@grafana/data';
import * as grafanaRuntime from '@grafana/runtime';
import * as grafanaUI from '@grafana/ui';
import * as i18next from 'i18next';
import lodash from 'lodash';
import moment from 'moment';
import react from 'react';
import reactDom from 'react-dom';
import * as rxjs from 'rxjs';
import * as rxjsOperators from 'rxjs/operators';

const SHARED: Record<string, System.Module> = {
  '@emotion/css': emotionCss,
  '@emotion/react': emotionReact,
  '@grafana/data': grafanaData,
  '@grafana/runtime': grafanaRuntime,
  '@grafana/ui': grafanaUI,
  i18next,
  // Libraries whose module is one function: `__useDefault` makes SystemJS hand over the function itself.
  lodash: { default: lodash, __useDefault: true },
  moment: { default: moment, __useDefault: true },
  react,
  'react-dom': reactDom,
  rxjs,
  'rxjs/operators': rxjsOperators,
};

/** Loads a module of the plugin by the address Grafana serves it at. */
export async function loadPluginModule(path: string): Promise<System.Module> {
  const imports: Record<string, string> = {};
  for (const [name, module] of Object.entries(SHARED)) {
    // The prefix makes the name a URL, which is what SystemJS keeps modules under.
    imports[name] = `package:${name}`;
    System.set(imports[name], module);
  }
  System.addImportMap({ imports });
  return System.import(path);
}
