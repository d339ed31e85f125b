import { t } from '@grafana/i18n';
import { InlineField, Select } from '@grafana/ui';
import React from 'react';
import { chosen } from './choices';
import type { PartProps } from './part';
import { shiftProblem, timeShifts } from './timeShift';

/** Lays an earlier time over the present. */
export function ShiftField({ id, query, onChange }: PartProps) {
  const options = timeShifts();
  const problem = shiftProblem(query.timeShift);
  return (
    <InlineField
      label={t('query.timeShift.label', 'Time shift')}
      tooltip={t(
        'query.timeShift.tooltip',
        'Shows what was so much earlier, laid over the present: 1d is the day before, 7d the week before. Any duration or a $variable may be typed.'
      )}
      labelWidth={14}
      invalid={problem !== undefined}
      error={problem}
    >
      <Select
        inputId={id('timeShift')}
        width={16}
        allowCustomValue
        options={options}
        value={chosen(options, query.timeShift)}
        onChange={({ value = '' }) => onChange({ timeShift: value.trim() })}
      />
    </InlineField>
  );
}
