import { t } from '@grafana/i18n';
import { InlineField, InlineFieldRow, RadioButtonGroup } from '@grafana/ui';
import React, { type ReactNode, useMemo } from 'react';
import { CommitInput } from '../shared/CommitInput';
import { useDomains } from '../shared/useDomains';
import { domainModes } from './choices';
import { CountHint } from './CountHint';
import { DomainListField } from './DomainListField';
import { FilterField } from './FilterField';
import { OfflineHint } from './OfflineHint';
import type { PartProps } from './part';

const EXAMPLE_PATTERN = String.raw`^(www|img)\.`;

/** Which domains: a list of names, a pattern, or all of the account's. What comes before stands in the same row. */
export function DomainRow({ children, ...part }: PartProps & { children?: ReactNode }) {
  const { id, datasource, query, alerting, onChange } = part;
  const listing = useDomains(datasource);
  const variables = useMemo(() => (alerting ? [] : datasource.getVariableNames()), [alerting, datasource]);
  const label = t('query.domainMode.label', 'Choose by');
  return (
    <>
      <InlineFieldRow>
        {children}
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
          <DomainListField
            id={id('domains')}
            listing={listing}
            variables={variables}
            domains={query.domains}
            onOpen={listing.reload}
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
        {(query.domainMode === 'all' || query.domainFilter !== '') && <FilterField {...part} />}
      </InlineFieldRow>
      {query.domainMode === 'list' ? (
        <OfflineHint chosen={query.domains} listing={listing} />
      ) : (
        <CountHint {...part} listing={listing} />
      )}
    </>
  );
}
