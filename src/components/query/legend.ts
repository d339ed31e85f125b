import { metricOf } from '../../metrics';
import type { QueryFields } from '../../types';

/** What the legend of a query may hold for the backend to replace. */
export function placeholdersOf({ queryType, statusBy }: QueryFields): string[] {
  const { byCode } = metricOf(queryType);
  return ['domain', ...(byCode ? [statusBy] : []), 'metric', 'timeShift'].map((name) => `{{${name}}}`);
}

/** The legend of a query as far as it does not depend on the answer; the backend adds what must tell series apart. */
export function settledLegend({ queryType, statusBy, timeShift, legendFormat }: QueryFields): string {
  const { byCode } = metricOf(queryType);
  return [legendFormat.replace(/\{\{ ?metric ?\}\}/g, queryType), byCode && statusBy, timeShift].join('\n');
}
