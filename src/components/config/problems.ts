import { t } from '@grafana/i18n';

// These only spare a round trip: the backend checks every setting again and has the last word.

/** What is wrong with an endpoint, or undefined. Empty means the default. */
export function endpointProblem(endpoint = ''): string | undefined {
  if (endpoint === '') {
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    return t('config.endpoint.notAddress', 'Not an address such as https://cdn.aliyuncs.com');
  }
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))
    ? undefined
    : t('config.endpoint.notHttps', 'Must start with https://: signed requests are not sent in the open');
}

const isLoopback = (host: string) => host === 'localhost' || host === '[::1]' || /^127(\.\d+){3}$/.test(host);

// Other names of that domain may be anybody's: sts.oss-cn-hangzhou.aliyuncs.com is a bucket.
const STS_HOST = /^sts(-vpc)?(\.[a-z]{2}-[a-z0-9-]+)?\.aliyuncs\.com$/;

/** What is wrong with an address of STS, or undefined. Who receives the call that asks for a session can have one. */
export function stsEndpointProblem(endpoint = ''): string | undefined {
  const problem = endpointProblem(endpoint);
  if (endpoint === '' || problem) {
    return problem;
  }
  const { hostname, port } = new URL(endpoint);
  return isLoopback(hostname) || (STS_HOST.test(hostname) && port === '')
    ? undefined
    : t('config.stsEndpoint.notSts', 'Must be one of STS, such as https://sts.cn-hangzhou.aliyuncs.com');
}

/** What is wrong with an ARN of RAM, or undefined. */
export function arnProblem(type: 'role' | 'oidc-provider', arn = ''): string | undefined {
  return arn === '' || new RegExp(`^acs:ram::\\d+:${type}/[\\w.-]+$`).test(arn)
    ? undefined
    : t('config.notArn', 'Not written like acs:ram::1234567890123456:{{type}}/name', {
        type,
        interpolation: { escapeValue: false },
      });
}

/** What is wrong with an external ID, or undefined. */
export function externalIdProblem(id = ''): string | undefined {
  return id === '' || /^[\w+=,.@:/-]{2,}$/.test(id)
    ? undefined
    : t('config.externalId.problem', 'Two or more letters, digits and +=,.@:/-_');
}

/** What is wrong with the name of a role, or undefined. */
export function roleNameProblem(name = ''): string | undefined {
  return name === '' || /^[A-Za-z0-9.-]{1,64}$/.test(name)
    ? undefined
    : t('config.ecsRoleName.problem', 'The name alone: letters, digits, dots and hyphens');
}

/** What is wrong with the path of a file, or undefined. */
export function pathProblem(path = ''): string | undefined {
  return path === '' || path.startsWith('/')
    ? undefined
    : t('config.oidcTokenFile.problem', 'A path from the root, beginning with /');
}

/** What is wrong with the URL of a shared cache, or undefined. Empty means none. */
export function sharedCacheURLProblem(text = ''): string | undefined {
  if (text === '') {
    return undefined;
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return notRedisAddress();
  }
  if (!/^rediss?:$/.test(url.protocol)) {
    return t('config.sharedCacheURL.notRedis', 'Must start with redis://, or rediss:// for TLS');
  }
  if (url.password) {
    return t(
      'config.sharedCacheURL.password',
      'Who sees the settings would see the password: enter it below'
    );
  }
  return url.hostname ? undefined : notRedisAddress();
}

const notRedisAddress = () =>
  t('config.sharedCacheURL.notAddress', 'Not an address such as redis://redis.example.com:6379');

/** What is wrong with what the names of keys begin with, or undefined. Empty means the default. */
export function keyPrefixProblem(prefix = ''): string | undefined {
  return prefix === '' || /^[\w.:-]{1,64}$/.test(prefix)
    ? undefined
    : t('config.sharedCachePrefix.problem', 'At most 64 letters, digits and .:-_');
}

/** What is wrong with the delay, or undefined. Empty means the default. */
export function delayProblem(delay = ''): string | undefined {
  return delay === '' || (/^(\d+(\.\d+)?[smh])+$/.test(delay) && seconds(delay) <= DAY)
    ? undefined
    : t('config.dataDelay.notDuration', 'Not a duration from 0s to 24h, such as 15m or 1h30m');
}

const DAY = 24 * 3600;

/** The length of a duration such as 1h30m. */
function seconds(duration: string): number {
  const parts = [...duration.matchAll(/([\d.]+)([smh])/g)];
  return parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * { s: 1, m: 60, h: 3600 }[unit as 's' | 'm' | 'h'],
    0
  );
}

/** What is wrong with a number, or undefined. Undefined means the default. */
export function numberProblem(value: number | undefined, min: number, max: number): string | undefined {
  return value === undefined || (Number.isInteger(value) && value >= min && value <= max)
    ? undefined
    : t('config.number.outside', 'Must be a whole number from {{min}} to {{max}}', { min, max });
}
