import { css } from '@emotion/css';
import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';
import { InlineField, Select } from '@grafana/ui';
import React, { useEffect, useId } from 'react';
import { type DomainFinder, savedFilters } from '../domainFilters';
import type { DomainVariableQuery } from '../types';
import { CommitInput } from './shared/CommitInput';
import { KNOWN_STATUSES, KNOWN_TYPES, statusWord, typeWord } from './shared/domainWords';
import { VariablePreview } from './variable/VariablePreview';

interface Props {
  query: DomainVariableQuery;
  datasource: DomainFinder;
  /** Grafana 11 also takes the words for the list of variables. */
  onChange: (query: DomainVariableQuery, definition?: string) => void;
}

const FIELD = { labelWidth: 14, grow: true, shrink: true };

/** The query of a dashboard variable: which of the account's domains become its values. */
export function VariableEditor({ query: saved, datasource, onChange }: Props) {
  const id = useId();
  const query = savedFilters(saved);
  const change = (changed: Partial<DomainVariableQuery>) => {
    const next = { ...query, ...changed };
    onChange(next, definition(next));
  };
  // Grafana does not run a variable whose query is still the empty text that it begins with.
  const isNew = typeof saved !== 'object';
  useEffect(() => {
    if (isNew) {
      change({});
    }
    // Only when the editor appears or the query is emptied; `change` is new at each drawing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [isNew]);

  return (
    <div className={styles.editor}>
      <InlineField
        {...FIELD}
        label={t('variable.search.label', 'Contains')}
        tooltip={t(
          'variable.search.tooltip',
          'Text that the name of a domain contains. Other variables may be used in each of these fields.'
        )}
      >
        <CommitInput
          id={`${id}-search`}
          placeholder={t('variable.search.placeholder', 'any text')}
          value={query.search ?? ''}
          onCommit={(search) => change({ search })}
        />
      </InlineField>
      <InlineField
        {...FIELD}
        label={t('variable.regex.label', 'Pattern')}
        tooltip={t(
          'variable.regex.tooltip',
          'A regular expression (RE2) that the name of a domain matches somewhere; ^ and $ tie it to the ends.'
        )}
      >
        <CommitInput
          id={`${id}-regex`}
          placeholder={String.raw`^(www|img)\.`}
          value={query.regex ?? ''}
          onCommit={(regex) => change({ regex })}
        />
      </InlineField>
      <InlineField
        {...FIELD}
        label={t('variable.status.label', 'Status')}
        tooltip={t(
          'variable.status.tooltip',
          'The state of the domain in the CDN console. A word of the API that is not listed may be typed, or a $variable.'
        )}
      >
        <Select
          inputId={`${id}-status`}
          allowCustomValue
          options={choices(KNOWN_STATUSES, statusWord)}
          value={choice(query.status, statusWord)}
          onChange={({ value }) => change({ status: value })}
        />
      </InlineField>
      <InlineField
        {...FIELD}
        label={t('variable.type.label', 'Type')}
        tooltip={t(
          'variable.type.tooltip',
          'What the domain accelerates, as chosen when it was added. A word of the API that is not listed may be typed, or a $variable.'
        )}
      >
        <Select
          inputId={`${id}-type`}
          allowCustomValue
          options={choices(KNOWN_TYPES, typeWord)}
          value={choice(query.type, typeWord)}
          onChange={({ value }) => change({ type: value })}
        />
      </InlineField>
      <VariablePreview datasource={datasource} query={query} />
    </div>
  );
}

// No wider than the fields that Grafana puts around it.
const styles = { editor: css({ maxWidth: 500 }) };

const choices = (values: string[], word: (value: string) => string) =>
  ['', ...values].map((value) => choice(value, word));

/** Also for a value that is not among the choices: a variable, say. */
const choice = (value = '', word: (value: string) => string): SelectableValue<string> => ({
  value,
  label: value === '' ? t('variable.any', 'Any') : word(value),
});

/** The query in a line, in the words of its fields, for Grafana's list of variables. */
function definition({ search, regex, status, type }: DomainVariableQuery): string {
  const filters = Object.entries({ search, regex, status, type }).filter(([, value]) => value);
  return `domains(${filters.map(([name, value]) => `${name}: ${value}`).join(', ')})`;
}
