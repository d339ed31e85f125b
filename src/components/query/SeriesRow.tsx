import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, RadioButtonGroup, Select } from '@grafana/ui';
import React from 'react';
import { chosen, granularities, merges, unitsOf } from './choices';
import type { PartProps } from './part';
import { TopField } from './TopField';

/** What is drawn: how many series, in which unit, in slices of what length. */
export function SeriesRow(part: PartProps) {
  const { id, query, onChange } = part;
  const units = unitsOf(query.queryType);
  const mergeLabel = t('query.merge.label', 'Series');
  return (
    <InlineFieldRow>
      <InlineField
        label={mergeLabel}
        tooltip={t(
          'query.merge.tooltip',
          'Draws each domain on its own, or all of them together. Merged costs the calls of a single domain, however many there are.'
        )}
        labelWidth={14}
      >
        <RadioButtonGroup
          aria-label={mergeLabel}
          options={merges()}
          value={query.mergeDomains}
          onChange={(mergeDomains) => onChange({ mergeDomains })}
        />
      </InlineField>
      {!query.mergeDomains && <TopField {...part} />}
      <InlineField
        label={t('query.unit.label', 'Unit')}
        tooltip={t(
          'query.unit.tooltip',
          'Per slice: the volume in each slice, which grows with the length of the slice. Per second: the average rate of each slice, which does not; choose it for thresholds and alert rules. Percent: the share in each slice, from 0 to 100.'
        )}
        labelWidth={14}
      >
        <Select
          inputId={id('unit')}
          width={22}
          options={units}
          value={query.unit && chosen(units, query.unit)}
          onChange={({ value }) => onChange({ unit: value })}
        />
      </InlineField>
      <InlineField
        label={t('query.granularity.label', 'Granularity')}
        tooltip={t(
          'query.granularity.tooltip',
          'The length of a slice. Auto takes the finest that fits the width of the panel and still reaches back to the start of its time range.'
        )}
        labelWidth={14}
      >
        <Select
          inputId={id('granularity')}
          width={16}
          options={granularities()}
          value={query.granularity}
          onChange={({ value }) => onChange({ granularity: value })}
        />
      </InlineField>
    </InlineFieldRow>
  );
}
