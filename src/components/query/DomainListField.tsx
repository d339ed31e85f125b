import { t } from '@grafana/i18n';
import { InlineField } from '@grafana/ui';
import React from 'react';
import type { Listing } from '../shared/useDomains';
import { DomainMultiSelect } from './DomainMultiSelect';

interface Props {
  id: string;
  listing: Listing;
  variables: string[];
  domains: string[];
  onOpen: () => void;
  onChange: (domains: string[]) => void;
}

/** Names of domains, with the reason in the field where the account's could not be listed. */
export function DomainListField({ id, listing, ...rest }: Props) {
  const { problem } = listing;
  return (
    <InlineField
      label={t('query.domains.label', 'Domains')}
      tooltip={t(
        'query.domains.tooltip',
        'Search the domains of the account by a part of the name, or type a whole name or a $variable; Enter takes what is marked. A pasted list is split at commas, blanks and lines.'
      )}
      labelWidth={14}
      htmlFor={id}
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
      <DomainMultiSelect inputId={id} listing={listing} {...rest} />
    </InlineField>
  );
}
