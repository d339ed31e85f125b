import { t } from '@grafana/i18n';
import { DEFAULT_QUERY } from '../../query';
import type { QueryFields } from '../../types';
import { gapFills, provisionals, timeMerges } from './choices';

const interpolation = { escapeValue: false };

/** What the closed options hold that is not the default, so that nothing set is out of sight. */
export function summarize(query: QueryFields): string {
  const { timeMerge, gapFill, provisional, legendFormat, timeShift } = query;
  const parts = [
    timeShift !== DEFAULT_QUERY.timeShift &&
      t('query.summary.timeShift', 'Time shift: {{timeShift}}', { timeShift, interpolation }),
    timeMerge !== DEFAULT_QUERY.timeMerge &&
      t('query.summary.timeMerge', 'Time merge: {{choice}}', { choice: wordFor(timeMerges(), timeMerge) }),
    gapFill !== DEFAULT_QUERY.gapFill &&
      t('query.summary.gapFill', 'Gaps: {{choice}}', { choice: wordFor(gapFills(), gapFill) }),
    provisional !== DEFAULT_QUERY.provisional &&
      t('query.summary.provisional', 'Provisional: {{choice}}', {
        choice: wordFor(provisionals(), provisional),
      }),
    // An empty one leaves the names to Grafana: nothing that could be said here.
    !['', DEFAULT_QUERY.legendFormat].includes(legendFormat.trim()) &&
      t('query.summary.legend', 'Legend: {{legendFormat}}', { legendFormat, interpolation }),
  ];
  return parts.filter(Boolean).join(' · ');
}

function wordFor<T>(choices: Array<{ value?: T; label: string }>, value: T): string {
  return choices.find((choice) => choice.value === value)?.label ?? String(value);
}
