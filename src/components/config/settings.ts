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
  sharedCachePrefix: 'aliyuncdn',
  language: 'en-US',
  timeout: 30,
  roleSessionName: 'grafana-aliyuncdn',
  roleSessionSeconds: 3600,
  stsEndpoint: 'https://sts.aliyuncs.com',
} as const satisfies CdnSettings;

export type SecretKey = keyof CdnSecrets;

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
  /** Removes the header of a number, which must be the last. */
  removeHeader: (number: number) => void;
  /** Provisioned data sources can be looked at, not changed. */
  readOnly: boolean;
}

/** How many headers there are: the SDK counts from 1 until one is missing. */
export function headerCount(saved: CdnSettings): number {
  let count = 0;
  while (saved[`httpHeaderName${count + 1}`] !== undefined) {
    count++;
  }
  return count;
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
    removeHeader: (number) =>
      onOptionsChange({
        ...options,
        jsonData: { ...jsonData, [`httpHeaderName${number}`]: undefined },
        secureJsonFields: { ...secureJsonFields, [`httpHeaderValue${number}`]: false },
        secureJsonData: { ...secureJsonData, [`httpHeaderValue${number}`]: '' },
      }),
    readOnly: options.readOnly ?? false,
  };
}
