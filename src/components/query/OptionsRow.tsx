import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, Select } from '@grafana/ui';
import React from 'react';
import { DEFAULT_QUERY } from '../../query';
import { CommitInput } from '../shared/CommitInput';
import { Disclosure } from '../shared/Disclosure';
import { gapFills, provisionals, timeMerges } from './choices';
import { placeholdersOf } from './legend';
import type { PartProps } from './part';
import { ShiftField } from './ShiftField';
import { summarize } from './summary';

/** The options whose defaults are right for nearly everyone; closed, it tells which are not at theirs. */
export function OptionsRow(part: PartProps) {
  const { id, query, onChange } = part;
  return (
    <Disclosure title={t('query.options', 'Options')} summary={summarize(query)}>
      <InlineFieldRow>
        <ShiftField {...part} />
        <InlineField
          label={t('query.legendFormat.label', 'Legend')}
          tooltip={t(
            'query.legendFormat.tooltip',
            'The name of each series: any text, in which these are replaced: {{placeholders}}',
            { placeholders: placeholdersOf(query).join(', ') }
          )}
          labelWidth={14}
        >
          <CommitInput
            id={id('legendFormat')}
            width={28}
            placeholder={DEFAULT_QUERY.legendFormat}
            value={query.legendFormat}
            onCommit={(legendFormat) => onChange({ legendFormat })}
          />
        </InlineField>
        <InlineField
          label={t('query.provisional.label', 'Provisional')}
          tooltip={t(
            'query.provisional.tooltip',
            'The newest slices are not complete yet and still change. Hide leaves them out until they are final.'
          )}
          labelWidth={14}
        >
          <Select
            inputId={id('provisional')}
            width={16}
            options={provisionals()}
            value={query.provisional}
            onChange={({ value }) => onChange({ provisional: value })}
          />
        </InlineField>
        <InlineField
          label={t('query.gapFill.label', 'Gaps')}
          tooltip={t(
            'query.gapFill.tooltip',
            'What to show for a slice the API has no value for: nothing, an empty value that breaks the line, or zero.'
          )}
          labelWidth={14}
        >
          <Select
            inputId={id('gapFill')}
            width={16}
            options={gapFills()}
            value={query.gapFill}
            onChange={({ value }) => onChange({ gapFill: value })}
          />
        </InlineField>
        <InlineField
          label={t('query.timeMerge.label', 'Time merge')}
          tooltip={t(
            'query.timeMerge.tooltip',
            'Whether the API may merge slices over time. Auto: decided by the granularity. On: one call, points as coarse as the API makes them. Off: always 5-minute slices.'
          )}
          labelWidth={14}
        >
          <Select
            inputId={id('timeMerge')}
            width={16}
            options={timeMerges()}
            value={query.timeMerge}
            onChange={({ value }) => onChange({ timeMerge: value })}
          />
        </InlineField>
      </InlineFieldRow>
    </Disclosure>
  );
}
