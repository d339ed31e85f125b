import { t } from '@grafana/i18n';
import { InlineField } from '@grafana/ui';
import React from 'react';
import { CommitInput } from '../shared/CommitInput';
import type { PartProps } from './part';

/** Narrows what is chosen by name: for a text field of the dashboard, above all. */
export function FilterField({ id, query, onChange }: PartProps) {
  return (
    <InlineField
      label={t('query.domainFilter.label', 'Filter')}
      tooltip={t(
        'query.domainFilter.tooltip',
        'A regular expression (RE2) that the name of a domain must match as well. Empty keeps all. Variables may be used: as $name each value is taken literally, as a text variable in ${name:raw} for the pattern that it is.'
      )}
      labelWidth={14}
    >
      <CommitInput
        id={id('domainFilter')}
        width={28}
        placeholder={t('query.domainFilter.placeholder', 'All names')}
        value={query.domainFilter}
        onCommit={(domainFilter) => onChange({ domainFilter })}
      />
    </InlineField>
  );
}
