import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';
import { METRICS, metricOf } from '../../metrics';
import type { Metric, QueryFields } from '../../types';
import { UNITS } from '../../units';

/** The values of a field with the words for them; the first is the default. */
type Choices<F extends keyof QueryFields> = Array<SelectableValue<QueryFields[F]> & { label: string }>;

// Functions, because the language is known only once something is drawn.

export const domainModes = (): Choices<'domainMode'> => [
  { value: 'list', label: t('query.domainMode.list', 'List') },
  { value: 'regex', label: t('query.domainMode.regex', 'Regex') },
  { value: 'all', label: t('query.domainMode.all', 'All') },
];

export const merges = (): Choices<'mergeDomains'> => [
  { value: false, label: t('query.merge.each', 'One per domain') },
  { value: true, label: t('query.merge.merged', 'Merged') },
];

export const metrics = (): Choices<'queryType'> =>
  (Object.keys(METRICS) as Metric[]).map((value) => ({
    value,
    label: METRICS[value].label(),
    description: METRICS[value].description(),
  }));

export const unitsOf = (metric: Metric): Choices<'unit'> =>
  metricOf(metric).units.map((value) => ({
    value,
    label: UNITS[value].label(),
    description: UNITS[value].description(),
  }));

export const statusBys = (): Choices<'statusBy'> => [
  { value: 'class', label: t('query.statusBy.class', 'Class') },
  { value: 'code', label: t('query.statusBy.code', 'Code') },
];

export const topBys = (): Choices<'topBy'> => [
  { value: 'own', label: t('query.topBy.own', 'Its own metric') },
  ...(['originFlow', 'edgeFlow', 'originRequests', 'edgeRequests'] as const).map((value) => ({
    value,
    label: METRICS[value].label(),
  })),
];

export const granularities = (): Choices<'granularity'> => [
  { value: 'auto', label: t('query.granularity.auto', 'Auto') },
  { value: '5m', label: t('query.granularity.fiveMinutes', '5 minutes') },
  { value: '1h', label: t('query.granularity.hour', '1 hour') },
  { value: '1d', label: t('query.granularity.day', '1 day') },
];

export const timeMerges = (): Choices<'timeMerge'> => [
  { value: 'auto', label: t('query.timeMerge.auto', 'Auto') },
  { value: 'on', label: t('query.timeMerge.on', 'On') },
  { value: 'off', label: t('query.timeMerge.off', 'Off') },
];

export const gapFills = (): Choices<'gapFill'> => [
  { value: 'none', label: t('query.gapFill.none', 'Leave out') },
  { value: 'null', label: t('query.gapFill.null', 'Null') },
  { value: 'zero', label: t('query.gapFill.zero', 'Zero') },
];

export const provisionals = (): Choices<'provisional'> => [
  { value: 'hide', label: t('query.provisional.hide', 'Hide') },
  { value: 'show', label: t('query.provisional.show', 'Show') },
];

/** The choice of a value; one that is not on offer, saved by hand or by a newer version, is shown as it is. */
export function chosen<T extends string>(choices: Array<SelectableValue<T>>, value: T): SelectableValue<T> {
  return choices.find((choice) => choice.value === value) ?? { value, label: value };
}
