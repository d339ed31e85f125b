import { t } from '@grafana/i18n';
import { InlineField, Select } from '@grafana/ui';
import React from 'react';
import { nearestUnit } from '../../metrics';
import { chosen, metrics } from './choices';
import type { PartProps } from './part';

/** What is shown of the domains. Another metric takes over the unit as far as it has it. */
export function MetricField({ id, query, onChange }: PartProps) {
  const options = metrics();
  return (
    <InlineField
      label={t('query.queryType.label', 'Metric')}
      tooltip={t(
        'query.queryType.tooltip',
        'What to show: at the origin, between the CDN and your servers, or at the edge, between visitors and the CDN. A ratio tells how much the cache spares the origin.'
      )}
      labelWidth={14}
    >
      <Select
        inputId={id('queryType')}
        width={30}
        // Room for all of them.
        maxMenuHeight={560}
        options={options}
        value={chosen(options, query.queryType)}
        onChange={({ value: metric }) =>
          metric && onChange({ queryType: metric, unit: nearestUnit(query.unit, metric) })
        }
      />
    </InlineField>
  );
}
