import { t } from '@grafana/i18n';
import { asksForSomething, withDefaults } from './query';
import type { CdnQuery, QueryFields } from './types';

/** Domains named in full; the others are counted. */
const NAMED = 2;

// Names and patterns are shown as text, so nothing is to be escaped for HTML.
const interpolation = { escapeValue: false };

/** A query as a sentence, for collapsed query rows, the query history and the inspector. */
export function displayText(query: CdnQuery): string {
  if (!asksForSomething(query)) {
    return t('displayText.nothing', 'Origin flow: no domain chosen');
  }
  const fields = withDefaults(query);
  const values = { quantity: quantity(fields), subject: subject(fields), interpolation };
  const details = [perSlice(fields), fields.mergeDomains ? t('displayText.merged', 'merged') : ''];
  return [t('displayText.sentence', '{{quantity}} of {{subject}}', values), ...details]
    .filter((part) => part !== '')
    .join(t('displayText.separator', ', '));
}

function quantity({ unit }: QueryFields): string {
  switch (unit) {
    case 'bytes':
      return t('displayText.bytes', 'Origin flow in bytes');
    case 'bitsPerSecond':
      return t('displayText.bitsPerSecond', 'Origin flow in bits per second');
    case 'bytesPerSecond':
      return t('displayText.bytesPerSecond', 'Origin flow in bytes per second');
    default:
      return t('displayText.bits', 'Origin flow in bits');
  }
}

function perSlice({ granularity }: QueryFields): string {
  switch (granularity) {
    case '5m':
      return t('displayText.fiveMinutes', '5-minute slices');
    case '1h':
      return t('displayText.hour', '1-hour slices');
    case '1d':
      return t('displayText.day', '1-day slices');
    default:
      return '';
  }
}

function subject({ domainMode, domains, domainPattern }: QueryFields): string {
  if (domainMode === 'all') {
    return t('displayText.all', 'all domains');
  }
  if (domainMode === 'regex') {
    return t('displayText.regex', 'domains matching {{domainPattern}}', { domainPattern, interpolation });
  }
  if (domains.length === 2) {
    const [first, second] = domains;
    return t('displayText.two', '{{first}} and {{second}}', { first, second, interpolation });
  }
  const names = domains.slice(0, NAMED).join(t('domain.separator', ', '));
  const more = domains.length - NAMED;
  return more > 0
    ? t('displayText.more', '{{names}} and {{more}} more', { names, more, interpolation })
    : names;
}
