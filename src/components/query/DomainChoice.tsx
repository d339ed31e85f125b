import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, RadioButtonGroup } from '@grafana/ui';
import React from 'react';
import type { DataSource } from '../../datasource';
import { CommitInput } from '../shared/CommitInput';
import { domainModes } from './choices';
import { DomainPicker } from './DomainPicker';
import type { PartProps } from './part';

const EXAMPLE_PATTERN = String.raw`^(www|img)\.`;

/** Which domains: a list of names, a pattern, or all of the account's. */
export function DomainChoice({ id, query, datasource, onChange }: PartProps & { datasource: DataSource }) {
  const label = t('query.domainMode.label', 'Choose by');
  return (
    <InlineFieldRow>
      <InlineField
        label={label}
        tooltip={t(
          'query.domainMode.tooltip',
          'List: the domains you name. Regex: the domains of the account whose names match. All: every domain of the account. Regex and All are looked up anew each time the query runs, so new domains appear by themselves.'
        )}
        labelWidth={14}
      >
        <RadioButtonGroup
          aria-label={label}
          options={domainModes()}
          value={query.domainMode}
          onChange={(domainMode) => onChange({ domainMode })}
        />
      </InlineField>
      {query.domainMode === 'list' && (
        <DomainPicker
          id={id('domains')}
          datasource={datasource}
          domains={query.domains}
          onChange={(domains) => onChange({ domains })}
        />
      )}
      {query.domainMode === 'regex' && (
        <InlineField
          label={t('query.domainPattern.label', 'Pattern')}
          tooltip={t(
            'query.domainPattern.tooltip',
            'A regular expression (RE2) that the name of a domain must match somewhere; ^ and $ tie it to the ends. Variables may be used.'
          )}
          labelWidth={14}
          grow
          shrink
        >
          <CommitInput
            id={id('domainPattern')}
            placeholder={EXAMPLE_PATTERN}
            value={query.domainPattern}
            onCommit={(domainPattern) => onChange({ domainPattern })}
          />
        </InlineField>
      )}
    </InlineFieldRow>
  );
}
