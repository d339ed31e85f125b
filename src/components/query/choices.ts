import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { QueryFields } from '../../types';

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

// Grafana writes bits with a small b and bytes with a large one; the examples show which is which.
export const units = (): Choices<'unit'> => [
  {
    value: 'bits',
    label: t('query.unit.bits', 'Bits per slice'),
    description: t('query.unit.bitsDescription', 'Volume: kb, Mb, Gb'),
  },
  {
    value: 'bytes',
    label: t('query.unit.bytes', 'Bytes per slice'),
    description: t('query.unit.bytesDescription', 'Volume: kB, MB, GB'),
  },
  {
    value: 'bitsPerSecond',
    label: t('query.unit.bitsPerSecond', 'Bits per second'),
    description: t('query.unit.bitsPerSecondDescription', 'Rate: kb/s, Mb/s, Gb/s'),
  },
  {
    value: 'bytesPerSecond',
    label: t('query.unit.bytesPerSecond', 'Bytes per second'),
    description: t('query.unit.bytesPerSecondDescription', 'Rate: kB/s, MB/s, GB/s'),
  },
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
