import { t } from '@grafana/i18n';
import { AsyncMultiSelect, InlineField } from '@grafana/ui';
import React, { useMemo, useState } from 'react';
import type { DataSource } from '../../datasource';
import { splitDomains, unique } from '../../query';
import { errorText, findOptions, optionOf, pausing, variableOptions } from './domainOptions';

const TYPING_PAUSE_MS = 250;

interface Props {
  id: string;
  datasource: DataSource;
  domains: string[];
  onChange: (domains: string[]) => void;
}

/** Searches the account's domains; also takes names it does not know, variables and pasted lists. */
export function DomainPicker({ id, datasource, domains, onChange }: Props) {
  const [problem, setProblem] = useState<string>();
  const load = useMemo(() => {
    const search = async (text: string) => {
      try {
        const options = await findOptions(datasource, text);
        setProblem(undefined);
        return options;
      } catch (error) {
        setProblem(errorText(error));
        return variableOptions(datasource, text);
      }
    };
    return pausing(search, TYPING_PAUSE_MS);
  }, [datasource]);

  return (
    <InlineField
      label={t('query.domains.label', 'Domains')}
      tooltip={t(
        'query.domains.tooltip',
        'Search the domains of the account, or type a name or a $variable and press Enter. A pasted list is split at commas and lines.'
      )}
      labelWidth={14}
      grow
      shrink
      invalid={problem !== undefined}
      error={
        problem &&
        t('query.domains.problem', 'The domains could not be listed; type their names. {{problem}}', {
          problem,
          interpolation: { escapeValue: false },
        })
      }
    >
      <AsyncMultiSelect
        inputId={id}
        allowCustomValue
        allowCreateWhileLoading
        closeMenuOnSelect={false}
        defaultOptions
        loadOptions={load}
        loadingMessage={t('query.domains.loading', 'Listing the domains…')}
        noOptionsMessage={t('query.domains.none', 'No domain of this name; Enter adds it all the same')}
        placeholder={t('query.domains.placeholder', 'Choose or type domains')}
        formatCreateLabel={(text) => t('query.domains.add', 'Add {{text}}', { text })}
        value={domains.map(optionOf)}
        onChange={(options) => onChange(unique(options.map(({ value }) => value ?? '')))}
        onCreateOption={(text) => onChange(unique([...domains, ...splitDomains(text)]))}
      />
    </InlineField>
  );
}
