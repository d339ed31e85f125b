import { t } from '@grafana/i18n';
import React from 'react';
import type { DomainFinder } from '../../domainFilters';
import type { Domain, DomainVariableQuery } from '../../types';
import { nameFew } from '../shared/domainWords';
import { Hint } from '../shared/Hint';
import { useFoundDomains } from '../shared/useFoundDomains';

interface Props {
  datasource: DomainFinder;
  query: DomainVariableQuery;
}

/** Which domains the filters let through now, or why that cannot be told. */
export function VariablePreview({ datasource, query }: Props) {
  const { found, problem } = useFoundDomains(datasource, query);
  const text = problem ?? (found && foundText(found));
  return text === undefined ? null : <Hint live>{text}</Hint>;
}

function foundText(found: Domain[]): string {
  return found.length === 0
    ? t('variable.preview.none', 'No domain passes these filters')
    : t('variable.preview.found', '{{count}} domains: {{names}}', {
        count: found.length,
        defaultValue_one: '{{count}} domain: {{names}}',
        names: nameFew(found),
        interpolation: { escapeValue: false },
      });
}
