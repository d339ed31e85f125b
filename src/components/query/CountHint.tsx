import { t } from '@grafana/i18n';
import { Button } from '@grafana/ui';
import React from 'react';
import type { Domain } from '../../types';
import { nameFew } from '../shared/domainWords';
import { Hint } from '../shared/Hint';
import type { Listing } from '../shared/useDomains';
import { useFoundDomains } from '../shared/useFoundDomains';
import type { PartProps } from './part';

/** From here on a graph is hard to read and a call per domain adds up. */
const MANY_SERIES = 50;
/** As many as one looks at. */
const LARGEST = 20;

/** How many domains a pattern or the whole account stands for, and a way out where they are many. */
export function CountHint({ datasource, query, listing, onChange }: PartProps & { listing: Listing }) {
  const { domains, problem } = listing;
  // As it will be sent, with the variables of the dashboard.
  const { refId, domainMode, domainPattern, domainFilter } = datasource.applyTemplateVariables(query, {});
  const regex = domainMode === 'regex' ? domainPattern : domainFilter;
  const byPattern = domainMode === 'regex' || Boolean(regex);
  // The backend matches, as it does for the query: one dialect. A pattern that it refuses fails the query as well.
  const matching = useFoundDomains(datasource, byPattern && regex ? { refId, regex } : undefined);
  if (problem !== undefined) {
    return (
      <Hint live>
        {t('query.count.problem', 'The domains could not be listed. {{problem}}', {
          problem,
          interpolation: { escapeValue: false },
        })}
      </Hint>
    );
  }
  const found = byPattern ? regex && matching.found : domains;
  if (!domains || !found) {
    return null;
  }
  const many = found.length > MANY_SERIES && !query.mergeDomains && query.topN === 0;
  return (
    <Hint live>
      <span>{byPattern ? matchText(found, domains) : allText(domains)}</span>
      {many && (
        <>
          {' · '}
          <span>{t('query.count.many', 'Each has series and calls of its own.')}</span>
          <Button size="sm" fill="text" onClick={() => onChange({ topN: LARGEST })}>
            {t('query.count.largest', 'Show the {{number}} largest', { number: LARGEST })}
          </Button>
          <Button size="sm" fill="text" onClick={() => onChange({ mergeDomains: true })}>
            {t('query.count.merge', 'Merge them')}
          </Button>
        </>
      )}
    </Hint>
  );
}

function matchText(found: Domain[], { length: total }: Domain[]): string {
  if (found.length === 0) {
    return t('query.count.noMatch', 'Matches none of {{count}} domains', {
      count: total,
      defaultValue_one: 'Does not match the only domain',
    });
  }
  return t('query.count.match', 'Matches {{found}} of {{count}} domains: {{names}}', {
    count: total,
    defaultValue_one: 'Matches the only domain: {{names}}',
    found: found.length,
    names: nameFew(found),
    interpolation: { escapeValue: false },
  });
}

function allText({ length: count }: Domain[]): string {
  return count === 0
    ? t('query.count.none', 'The account has no domain')
    : t('query.count.all', '{{count}} domains', { count, defaultValue_one: '{{count}} domain' });
}
