/**
 * What Grafana's server writes into its page before any script runs. @grafana/runtime reads it when it is imported,
 * so this module has to be imported first.
 */
import { readState } from './urlState';

declare global {
  interface Window {
    __grafana_public_path__?: string;
    grafanaBootData?: unknown;
  }
}

/** The version of Grafana that the page stands in for: the oldest that the plugin supports. */
const GRAFANA_VERSION = '11.0.0';

const { theme, lang } = readState(window.location.search);

document.documentElement.lang = lang;
window.__grafana_public_path__ = '/public/';
window.grafanaBootData = {
  user: {
    isSignedIn: true,
    id: 1,
    login: 'admin',
    orgId: 1,
    orgRole: 'Admin',
    theme,
    language: lang,
    timezone: 'browser',
  },
  settings: {
    appUrl: `${window.location.origin}/`,
    appSubUrl: '',
    featureToggles: {},
    buildInfo: { version: GRAFANA_VERSION, commit: '', env: 'production' },
  },
  navTree: [],
  assets: { light: '', dark: '' },
};
