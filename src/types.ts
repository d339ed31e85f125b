import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';

/** What a query shows of its domains. */
export type Metric =
  | 'originFlow'
  | 'edgeFlow'
  | 'originRequests'
  | 'edgeRequests'
  | 'originStatus'
  | 'edgeStatus'
  | 'hitRatio'
  | 'requestHitRatio'
  | 'originShare';

/** Which of these a metric has, and which of them a missing unit means, the catalogue of metrics says. */
export type Unit = 'bits' | 'bytes' | 'bitsPerSecond' | 'bytesPerSecond' | 'count' | 'perSecond' | 'percent';

/** What the largest domains have the most of. */
export type TopBy = 'own' | 'originFlow' | 'edgeFlow' | 'originRequests' | 'edgeRequests';

/**
 * A query as it is saved in dashboards and alert rules. The backend reads the same fields; a field
 * that is missing means the first of its values.
 */
export interface CdnQuery extends DataQuery {
  queryType?: Metric;
  domainMode?: 'list' | 'regex' | 'all';
  domains?: string[];
  domainPattern?: string;
  /** A regular expression that the names have to match besides, however they are chosen; empty keeps all. */
  domainFilter?: string;
  mergeDomains?: boolean;
  timeMerge?: 'auto' | 'on' | 'off';
  granularity?: 'auto' | '5m' | '1h' | '1d';
  gapFill?: 'none' | 'null' | 'zero';
  unit?: Unit;
  provisional?: 'hide' | 'show';
  legendFormat?: string;
  /** Of a metric of status codes: what its series are. */
  statusBy?: 'class' | 'code';
  /** Of a metric of status codes: the classes and codes to keep, as in `["5xx", "404"]`; empty keeps all. */
  statusCodes?: string[];
  /** So many series, those with the largest totals; 0 keeps all. Not where domains are merged. */
  topN?: number;
  /** What they have the most of: their own metric, or that of another query, so that both show the same domains. */
  topBy?: TopBy;
  /** A duration such as `1d`: the series are those of so much earlier, laid over the present. */
  timeShift?: string;
  /** What becomes of a query that the RAM user may not ask. For dashboards that show what is allowed. */
  onForbidden?: 'error' | 'notice';
}

/** What a dashboard variable asks for: the account's domains that meet every filter. Empty ones do not filter. */
export interface DomainVariableQuery extends DataQuery {
  queryType?: 'domains';
  /** Text that the name contains. */
  search?: string;
  /** Regular expression (RE2) that the name matches somewhere. */
  regex?: string;
  status?: string;
  type?: string;
}

/** The part of a query that is ours, every field present. */
export type QueryFields = Required<Omit<CdnQuery, keyof DataQuery>> & { queryType: Metric };

/** How the data source signs in to Alibaba Cloud. `demo` needs no account. */
export type AuthType =
  'accessKey' | 'stsToken' | 'ramRoleArn' | 'ecsRamRole' | 'oidcRoleArn' | 'default' | 'demo';

/** What Grafana's SDK reads of `jsonData`, for every data source. */
export interface SdkSettings extends DataSourceJsonData {
  /** Seconds a single call may take. */
  timeout?: number;
  enableSecureSocksProxy?: boolean;
  tlsSkipVerify?: boolean;
  tlsAuthWithCACert?: boolean;
  tlsAuth?: boolean;
  serverName?: string;
  /** Counted from 1 without a gap; the values are secrets. */
  [header: `httpHeaderName${number}`]: string | undefined;
}

/** The languages that the backend writes. */
export type Language = 'en-US' | 'zh-Hans';

/** What is saved in `jsonData`; nothing secret. A missing field means the backend's default. */
export interface CdnSettings extends SdkSettings {
  authType?: AuthType;
  endpoint?: string;
  apiVersion?: 'auto' | '2014-11-11' | '2018-05-10';
  /** How to read the values of API version 2014-11-11, whose documents disagree. */
  flowUnit2014?: 'bit' | 'byte';
  /** Slices younger than this are provisional; a duration such as `15m`. */
  dataDelay?: string;
  callsPerSecond?: number;
  cacheMaxMB?: number;
  /** A Redis or Valkey that replicas of Grafana share; empty: they share nothing. */
  sharedCacheURL?: string;
  /** What the names of its keys begin with. */
  sharedCachePrefix?: string;
  /** Of errors, notices and the health check. */
  language?: Language;
  /** Of the demo data. */
  demoDomains?: number;
  roleArn?: string;
  /** Shows in the audit log of the account that the role belongs to. */
  roleSessionName?: string;
  /** How long a session holds: 900 to what the role allows, at most 43200. */
  roleSessionSeconds?: number;
  externalId?: string;
  /** Empty takes the role that is attached to the instance. */
  ecsRoleName?: string;
  oidcProviderArn?: string;
  /** A path on the Grafana server. */
  oidcTokenFile?: string;
  stsEndpoint?: string;
}

/** What Grafana's SDK reads of `secureJsonData`. */
export interface SdkSecrets {
  tlsCACert?: string;
  tlsClientCert?: string;
  tlsClientKey?: string;
  [header: `httpHeaderValue${number}`]: string | undefined;
}

/** What is saved in `secureJsonData`: written, never read back. */
export interface CdnSecrets extends SdkSecrets {
  accessKeyId?: string;
  accessKeySecret?: string;
  securityToken?: string;
  sharedCachePassword?: string;
}

/** A domain of the account in Alibaba Cloud's words, as the `domains` resource lists it. */
export interface Domain {
  name: string;
  status: string;
  type: string;
  coverage: string;
  cname: string;
}

/** `meta.custom` of a frame. */
export interface FrameMeta {
  /** The API's names of the operations called, separated by commas. */
  operation: string;
  /** The length of the API's slices behind the points. */
  granularitySeconds: number;
  calls: number;
  slicesFetched: number;
  slicesCached: number;
  /** The end of the newest final slice, RFC 3339. */
  settledUntil: string;
  requestIds: string[];
}

export interface DomainList {
  domains: Domain[];
  total: number;
}
