import { t } from '@grafana/i18n';
import React, { useEffect, useState } from 'react';
import type { DataSource } from '../../datasource';
import { errorText } from '../../errorText';
import type { Domain, DomainVariableQuery } from '../../types';
import { nameFew } from '../shared/domainWords';
import { Hint } from '../shared/Hint';

interface Props {
  datasource: DataSource;
  query: DomainVariableQuery;
}

/** Which domains the filters let through now, or why that cannot be told. */
export function VariablePreview({ datasource, query }: Props) {
  const { refId, search, regex, status, type } = query;
  const [outcome, setOutcome] = useState<{ found?: Domain[]; problem?: string }>({});
  useEffect(() => {
    let current = true;
    datasource.findDomains({ refId, search, regex, status, type }).then(
      (found) => current && setOutcome({ found }),
      (error) => current && setOutcome({ problem: errorText(error) })
    );
    return () => {
      current = false;
    };
  }, [datasource, refId, search, regex, status, type]);
  const text = outcome.problem ?? (outcome.found && foundText(outcome.found));
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
