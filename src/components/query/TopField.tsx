import { t } from '@grafana/i18n';
import { InlineField, Select } from '@grafana/ui';
import React from 'react';
import { CommitInput } from '../shared/CommitInput';
import { chosen, topBys } from './choices';
import type { PartProps } from './part';

/** Keeps the largest series. */
export function TopField({ id, query, onChange }: PartProps) {
  const options = topBys();
  return (
    <>
      <InlineField
        label={t('query.topN.label', 'Top')}
        tooltip={t(
          'query.topN.tooltip',
          'Draws only so many series: those with the largest total in the time range. Of many domains they are found with few calls. Empty or 0 draws all.'
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
      {query.topN > 0 && (
        <InlineField
          label={t('query.topBy.label', 'by')}
          tooltip={t(
            'query.topBy.tooltip',
            'What the domains have the most of. Queries by the same metric show the same domains, whatever they show of them and of which time.'
          )}
          labelWidth={6}
        >
          <Select
            inputId={id('topBy')}
            width={22}
            options={options}
            value={chosen(options, query.topBy)}
            onChange={({ value }) => onChange({ topBy: value })}
          />
        </InlineField>
      )}
    </>
  );
}
