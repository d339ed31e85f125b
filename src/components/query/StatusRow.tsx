import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, RadioButtonGroup } from '@grafana/ui';
import React, { useState } from 'react';
import { statusBys } from './choices';
import { CodeMultiSelect } from './CodeMultiSelect';
import type { PartProps } from './part';

/** Of a metric of status codes: what its series are, and which codes to keep. */
export function StatusRow({ id, query, onChange }: PartProps) {
  const [refused, setRefused] = useState('');
  const byLabel = t('query.statusBy.label', 'By');
  return (
    <InlineFieldRow>
      <InlineField
        label={byLabel}
        tooltip={t(
          'query.statusBy.tooltip',
          'A series for each class of codes, such as 5xx, or for each single code, such as 502.'
        )}
        labelWidth={14}
      >
        <RadioButtonGroup
          aria-label={byLabel}
          options={statusBys()}
          value={query.statusBy}
          onChange={(statusBy) => onChange({ statusBy })}
        />
      </InlineField>
      <InlineField
        label={t('query.statusCodes.label', 'Codes')}
        tooltip={t(
          'query.statusCodes.tooltip',
          'The classes and codes to keep. Others than those listed may be typed, a $variable too. With none chosen, all are kept.'
        )}
        labelWidth={14}
        htmlFor={id('statusCodes')}
        grow
        shrink
        invalid={refused !== ''}
        error={
          refused &&
          t(
            'query.statusCodes.refused',
            'Neither a class, such as 5xx, nor a code, such as 404: {{refused}}',
            {
              refused,
              interpolation: { escapeValue: false },
            }
          )
        }
      >
        <CodeMultiSelect
          inputId={id('statusCodes')}
          codes={query.statusCodes}
          onChange={(statusCodes) => onChange({ statusCodes })}
          onRefuse={setRefused}
        />
      </InlineField>
    </InlineFieldRow>
  );
}
