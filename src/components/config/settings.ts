import type { DataSourcePluginOptionsEditorProps } from '@grafana/data';
import type { CdnSecrets, CdnSettings } from '../../types';

export type EditorProps = DataSourcePluginOptionsEditorProps<CdnSettings, CdnSecrets>;

/** What the backend assumes for a setting that is not saved; the fields show it in grey. */
export const DEFAULTS = {
  authType: 'accessKey',
  endpoint: 'https://cdn.aliyuncs.com',
  apiVersion: 'auto',
  flowUnit2014: 'bit',
  dataDelay: '15m',
  callsPerSecond: 20,
  cacheMaxMB: 64,
  timeout: 30,
} as const satisfies CdnSettings;

type SecretKey = keyof CdnSecrets;

/** What the parts of the configuration editor read and change. */
export interface Settings {
  saved: CdnSettings;
  /** Undefined removes the key, so that the backend's default applies. */
  set: <K extends keyof CdnSettings>(key: K, value: CdnSettings[K] | undefined) => void;
  /** A secret typed in this visit and not saved yet. */
  secret: (key: SecretKey) => string;
  isSecretSaved: (key: SecretKey) => boolean;
  setSecret: (key: SecretKey, value: string) => void;
  resetSecret: (key: SecretKey) => void;
  /** Provisioned data sources can be looked at, not changed. */
  readOnly: boolean;
}

export function settingsOf({ options, onOptionsChange }: EditorProps): Settings {
  const { jsonData, secureJsonData, secureJsonFields } = options;
  return {
    saved: jsonData,
    set: (key, value) => onOptionsChange({ ...options, jsonData: { ...jsonData, [key]: value } }),
    secret: (key) => secureJsonData?.[key] ?? '',
    isSecretSaved: (key) => secureJsonFields?.[key] ?? false,
    setSecret: (key, value) =>
      onOptionsChange({ ...options, secureJsonData: { ...secureJsonData, [key]: value } }),
    resetSecret: (key) =>
      onOptionsChange({
        ...options,
        secureJsonFields: { ...secureJsonFields, [key]: false },
        secureJsonData: { ...secureJsonData, [key]: '' },
      }),
    readOnly: options.readOnly ?? false,
  };
}
