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
  const loopback =
    url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(\.\d+){3}$/.test(url.hostname);
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback)
    ? undefined
    : t('config.endpoint.notHttps', 'Must start with https://: signed requests are not sent in the open');
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
