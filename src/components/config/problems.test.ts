import {
  arnProblem,
  delayProblem,
  endpointProblem,
  externalIdProblem,
  keyPrefixProblem,
  numberProblem,
  pathProblem,
  roleNameProblem,
  sharedCacheURLProblem,
  stsEndpointProblem,
} from './problems';

it.each([
  undefined,
  '',
  'https://cdn.aliyuncs.com',
  'http://127.0.0.1:8080',
  'http://localhost',
  'http://[::1]:1',
])('accepts the endpoint %s', (endpoint) => expect(endpointProblem(endpoint)).toBeUndefined());

it.each(['cdn.aliyuncs.com', 'http://cdn.aliyuncs.com', 'ftp://localhost', 'http://127.0.0.1.example.com'])(
  'refuses the endpoint %s',
  (endpoint) => expect(endpointProblem(endpoint)).toBeDefined()
);

it.each([undefined, '', '15m', '1h30m', '90s', '0.5h', '0s', '24h', '23h60m', '86400s'])(
  'accepts the duration %s',
  (duration) => expect(delayProblem(duration)).toBeUndefined()
);

it.each(['15', 'm', '-15m', '15 m', 'soon', '24h1s', '86401s', '25h', '1441m'])(
  'refuses the duration %s',
  (duration) => expect(delayProblem(duration)).toBeDefined()
);

it('accepts whole numbers within the bounds, and none at all', () => {
  expect([undefined, 1, 100].map((n) => numberProblem(n, 1, 100))).toEqual([undefined, undefined, undefined]);
  expect([0, 101, 1.5, NaN].map((n) => numberProblem(n, 1, 100))).not.toContain(undefined);
});

it.each([
  undefined,
  '',
  'https://sts.aliyuncs.com',
  'https://sts-vpc.cn-hangzhou.aliyuncs.com',
  'http://127.0.0.1:9',
])('accepts the STS endpoint %s', (endpoint) => expect(stsEndpointProblem(endpoint)).toBeUndefined());

it.each([
  'sts.aliyuncs.com',
  'http://sts.aliyuncs.com',
  'https://sts.example.com',
  'https://cdn.aliyuncs.com',
  'https://sts.oss-cn-hangzhou.aliyuncs.com',
  'https://sts.aliyuncs.com.example.com',
  'https://sts.aliyuncs.com:8443',
])('refuses the STS endpoint %s', (endpoint) => expect(stsEndpointProblem(endpoint)).toBeDefined());

it.each([
  undefined,
  '',
  'redis://redis:6379/2',
  'rediss://me@redis.example.com',
  'redis://10.0.0.1:26379/?master_name=main&addr=10.0.0.2:26379',
])('accepts the shared cache %s', (url) => expect(sharedCacheURLProblem(url)).toBeUndefined());

it.each([
  'redis.example.com:6379',
  'http://redis',
  'redis://',
  'redis:///0',
  'redis://redis:port',
  'redis://me:pw@redis',
])('refuses the shared cache %s', (url) => expect(sharedCacheURLProblem(url)).toBeDefined());

it.each([
  [arnProblem('role', 'acs:ram::1:role/grafana'), arnProblem('role', 'acs:ram::1:user/grafana')],
  [
    arnProblem('oidc-provider', 'acs:ram::1:oidc-provider/p'),
    arnProblem('oidc-provider', 'acs:ram::1:role/p'),
  ],
  [externalIdProblem('a/b:c-1'), externalIdProblem('a b')],
  [roleNameProblem('grafana-1.x'), roleNameProblem('../latest')],
  [keyPrefixProblem('team-a:cdn_1.x'), keyPrefixProblem('{cdn}')],
  [pathProblem('/var/run/token'), pathProblem('token')],
])('tells a good value from a bad one (%#)', (good, bad) => {
  expect(good).toBeUndefined();
  expect(bad).toBeDefined();
});

it('has nothing against empty fields', () => {
  expect([
    arnProblem('role'),
    externalIdProblem(''),
    roleNameProblem(),
    pathProblem(''),
    keyPrefixProblem(),
  ]).toEqual(Array(5).fill(undefined));
});
