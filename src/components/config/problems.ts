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

/** What is wrong with a duration, or undefined. Empty means the default. */
export function durationProblem(duration = ''): string | undefined {
  return duration === '' || /^(\d+(\.\d+)?(s|m|h))+$/.test(duration)
    ? undefined
    : t('config.dataDelay.notDuration', 'Not a duration such as 15m or 1h30m');
}

/** What is wrong with a number, or undefined. Undefined means the default. */
export function numberProblem(value: number | undefined, min: number, max: number): string | undefined {
  return value === undefined || (Number.isInteger(value) && value >= min && value <= max)
    ? undefined
    : t('config.number.outside', 'Must be a whole number from {{min}} to {{max}}', { min, max });
}
