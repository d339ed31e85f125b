import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';

/** What the present is compared with most: the hour, the day and the week before. */
const COMMON_SHIFTS = ['1h', '1d', '7d'];

export const timeShifts = (): Array<SelectableValue<string>> => [
  { value: '', label: t('query.timeShift.none', 'None') },
  ...COMMON_SHIFTS.map((value) => ({ value, label: value })),
];

/** What is wrong with a time shift, or undefined. A variable is checked once it is replaced, by the backend. */
export function shiftProblem(timeShift: string): string | undefined {
  return timeShift === '' || timeShift.includes('$') || /^(\d+(\.\d+)?(ms|s|m|h|d|w|M|y))+$/.test(timeShift)
    ? undefined
    : t('query.timeShift.notDuration', 'Not a duration such as 90m, 1d or 1w2d');
}
