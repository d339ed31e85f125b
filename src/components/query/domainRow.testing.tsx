import { render } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import type { DataSource } from '../../datasource';
import { withDefaults } from '../../query';
import type { Domain, DomainVariableQuery, CdnQuery } from '../../types';
import { DomainRow } from './DomainRow';

const domain = (name: string, status = 'online'): Domain => ({
  name,
  status,
  type: 'web',
  coverage: 'global',
  cname: '',
});

export const ACCOUNT = [
  domain('www.example.com'),
  domain('img.example.com'),
  domain('api.example.org'),
  domain('old.example.org', 'offline'),
];
export const LARGE = Array.from({ length: 1200 }, (_, i) => domain(`s${i}.example.com`));

export const denied = () =>
  Promise.reject({ status: 403, data: { message: 'The RAM policy lacks a permission.' } });

interface Around {
  account?: Domain[];
  getDomains?: () => Promise<Domain[]>;
  alerting?: boolean;
}

/** Draws the choice of domains over a made-up account. */
export function setup(saved: Partial<CdnQuery> = {}, around: Around = {}) {
  const { account = ACCOUNT, getDomains = () => Promise.resolve(account), alerting = false } = around;
  const latest = { query: withDefaults({ refId: 'A', ...saved }) };
  const datasource = {
    getDomains: jest.fn(getDomains),
    // The backend's dialect is tested there.
    findDomains: jest.fn(async ({ regex = '' }: DomainVariableQuery) => {
      const pattern = new RegExp(regex);
      return account.filter(({ name }) => pattern.test(name));
    }),
    getVariableNames: () => ['$site'],
    applyTemplateVariables: (query: CdnQuery) => ({
      ...query,
      domainPattern: query.domainPattern?.replace('$site', 'img'),
    }),
  };
  function Host() {
    const [query, setQuery] = useState(latest.query);
    latest.query = query;
    return (
      <DomainRow
        id={(field) => field}
        datasource={datasource as unknown as DataSource}
        query={query}
        alerting={alerting}
        onChange={(change) => setQuery({ ...query, ...change })}
      />
    );
  }
  render(<Host />);
  return { user: userEvent.setup(), latest, datasource };
}
