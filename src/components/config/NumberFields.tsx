import { t } from '@grafana/i18n';
import { InlineField, Input } from '@grafana/ui';
import React from 'react';
import { LABEL_WIDTH } from './layout';
import { numberProblem } from './problems';
import { DEFAULTS, type Settings } from './settings';

interface NumberField {
  key: 'callsPerSecond' | 'cacheMaxMB' | 'timeout' | 'roleSessionSeconds';
  min: number;
  max: number;
  label: () => string;
  tooltip: () => string;
}

/** How long a session holds; 12 hours is the most that any role allows. */
export const SESSION_SECONDS: NumberField = {
  key: 'roleSessionSeconds',
  min: 900,
  max: 43200,
  label: () => t('config.roleSessionSeconds.label', 'Duration (seconds)'),
  tooltip: () =>
    t(
      'config.roleSessionSeconds.tooltip',
      'How long a session holds before it is renewed. The role has a maximum of its own, as a rule 3600.'
    ),
};

export const LIMITS: NumberField[] = [
  {
    key: 'callsPerSecond',
    min: 1,
    max: 100,
    label: () => t('config.callsPerSecond.label', 'Calls per second'),
    tooltip: () =>
      t(
        'config.callsPerSecond.tooltip',
        'The most API calls a second that this account makes from here. Alibaba Cloud counts the calls of all your tools together and allows 100.'
      ),
  },
  {
    key: 'cacheMaxMB',
    min: 1,
    max: 4096,
    label: () => t('config.cacheMaxMB.label', 'Cache (MB)'),
    tooltip: () =>
      t(
        'config.cacheMaxMB.tooltip',
        'The most memory for slices that are final and need not be fetched again.'
      ),
  },
  {
    key: 'timeout',
    min: 1,
    max: 600,
    label: () => t('config.timeout.label', 'Timeout (seconds)'),
    tooltip: () =>
      t('config.timeout.tooltip', 'How long a single API call may take before it counts as failed.'),
  },
];

interface Props {
  fields: NumberField[];
  settings: Settings;
}

export function NumberFields({ fields, settings: { saved, set, readOnly } }: Props) {
  return fields.map(({ key, min, max, label, tooltip }) => {
    const problem = numberProblem(saved[key], min, max);
    return (
      <InlineField
        key={key}
        label={label()}
        tooltip={tooltip()}
        labelWidth={LABEL_WIDTH}
        grow
        disabled={readOnly}
        invalid={problem !== undefined}
        error={problem}
      >
        <Input
          id={`originflow-${key}`}
          type="number"
          min={min}
          max={max}
          placeholder={String(DEFAULTS[key])}
          value={saved[key] ?? ''}
          onChange={({ currentTarget: { value } }) => set(key, value === '' ? undefined : Number(value))}
        />
      </InlineField>
    );
  });
}
