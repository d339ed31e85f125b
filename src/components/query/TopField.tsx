import { t } from '@grafana/i18n';
import { InlineField } from '@grafana/ui';
import React from 'react';
import { CommitInput } from '../shared/CommitInput';
import type { PartProps } from './part';

/** Keeps the largest series. */
export function TopField({ id, query, onChange }: PartProps) {
  return (
    <InlineField
      label={t('query.topN.label', 'Top')}
      tooltip={t(
        'query.topN.tooltip',
        'Draws only so many series: those with the largest total in the time range. Empty or 0 draws all.'
      )}
      labelWidth={14}
    >
      <CommitInput
        id={id('topN')}
        width={16}
        type="number"
        min={0}
        placeholder={t('query.topN.placeholder', 'All series')}
        value={query.topN > 0 ? String(query.topN) : ''}
        onCommit={(text) => onChange({ topN: Math.max(0, Math.floor(Number(text))) || 0 })}
      />
    </InlineField>
  );
}
