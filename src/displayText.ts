import { t } from '@grafana/i18n';
import { metricOf } from './metrics';
import { asksForSomething, withDefaults } from './query';
import type { CdnQuery, QueryFields } from './types';
import { UNITS } from './units';

/** Domains named in full; the others are counted. */
const NAMED = 2;

// Names and patterns are shown as text, so nothing is to be escaped for HTML.
const interpolation = { escapeValue: false };

/** A query as a sentence, for collapsed query rows, the query history and the inspector. */
export function displayText(query: CdnQuery): string {
  const fields = withDefaults(query);
  const { label, byCode } = metricOf(fields.queryType);
  const metric = label();
  if (!asksForSomething(query)) {
    return t('displayText.nothing', '{{metric}}: no domain chosen', { metric, interpolation });
  }
  const quantity = UNITS[fields.unit]?.quantity(metric) ?? metric;
  const values = { quantity, subject: subject(fields), interpolation };
  const details = [
    perSlice(fields),
    fields.domainFilter &&
      t('displayText.filter', 'only names like {{domainFilter}}', {
        domainFilter: fields.domainFilter,
        interpolation,
      }),
    fields.mergeDomains ? t('displayText.merged', 'merged') : top(fields),
    ...(byCode ? codes(fields) : []),
    shift(fields),
  ];
  return [t('displayText.sentence', '{{quantity}} of {{subject}}', values), ...details]
    .filter((part) => part !== '')
    .join(t('displayText.separator', ', '));
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

function top({ topN, topBy }: QueryFields): string {
  if (topN <= 0) {
    return '';
  }
  return topBy === 'own'
    ? t('displayText.top', 'top {{topN}}', { topN })
    : t('displayText.topBy', 'top {{topN}} by {{metric}}', {
        topN,
        metric: metricOf(topBy).label(),
        interpolation,
      });
}

function codes({ statusBy, statusCodes }: QueryFields): string[] {
  const kept = statusCodes.join(t('domain.separator', ', '));
  return [
    statusBy === 'code' ? t('displayText.byCode', 'by code') : '',
    kept && t('displayText.codes', 'only {{kept}}', { kept, interpolation }),
  ];
}

function shift({ timeShift }: QueryFields): string {
  return timeShift && t('displayText.timeShift', '{{timeShift}} earlier', { timeShift, interpolation });
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
