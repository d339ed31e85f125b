import { render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import type { DataSource } from '../datasource';
import type { Domain, OriginFlowQuery } from '../types';
import { QueryEditor } from './QueryEditor';

const domain = (name: string): Domain => ({
  name,
  status: 'online',
  type: 'web',
  coverage: 'global',
  cname: '',
});

const ACCOUNT = ['www.example.com', 'img.example.com', 'api.example.org'].map(domain);

const listing = (search: string) => {
  const domains = ACCOUNT.filter(({ name }) => name.includes(search));
  return Promise.resolve({ domains, total: domains.length });
};

function setup(
  saved: Partial<OriginFlowQuery> = {},
  getDomains: (search: string) => Promise<unknown> = listing
) {
  const onRunQuery = jest.fn();
  const latest: { query: OriginFlowQuery } = { query: { refId: 'A', ...saved } };
  const datasource = { getDomains, getVariableNames: () => ['$site'] } as unknown as DataSource;
  function Host() {
    const [query, setQuery] = useState(latest.query);
    latest.query = query;
    return <QueryEditor query={query} datasource={datasource} onChange={setQuery} onRunQuery={onRunQuery} />;
  }
  render(<Host />);
  return { user: userEvent.setup(), latest, onRunQuery };
}

describe('the list of domains', () => {
  it('offers the domains of the account and the variables, and runs with the chosen one', async () => {
    const { user, latest, onRunQuery } = setup();
    await user.click(screen.getByLabelText('Domains'));
    expect(await screen.findByText('$site')).toBeInTheDocument();
    await user.click(await screen.findByText('img.example.com'));
    expect(latest.query.domains).toEqual(['img.example.com']);
    expect(onRunQuery).toHaveBeenCalledTimes(1);
  });

  it('searches the account once typing has paused', async () => {
    const getDomains = jest.fn(listing);
    const { user } = setup({}, getDomains);
    await user.type(screen.getByLabelText('Domains'), 'org');
    expect(await screen.findByText('api.example.org')).toBeInTheDocument();
    await waitFor(() => expect(screen.queryByText('www.example.com')).not.toBeInTheDocument());
    expect(getDomains.mock.calls.map(([search]) => search)).toEqual(['', 'org']);
  });

  it('takes a name the account does not list, and splits a pasted list', async () => {
    const { user, latest } = setup({ domains: ['www.example.com'] });
    await user.type(screen.getByLabelText('Domains'), 'x.test, y.test www.example.com{Enter}');
    expect(latest.query.domains).toEqual(['www.example.com', 'x.test', 'y.test']);
  });

  it('tells in the field why listing failed, and still takes a name', async () => {
    const denied = () =>
      Promise.reject({ status: 403, data: { message: 'The RAM policy lacks a permission.' } });
    const { user, latest } = setup({}, denied);
    expect(await screen.findByText(/The RAM policy lacks a permission\./)).toBeInTheDocument();
    await user.type(screen.getByLabelText('Domains'), 'a.test{Enter}');
    expect(latest.query.domains).toEqual(['a.test']);
  });
});

describe('choosing domains otherwise', () => {
  it('keeps the list when one changes to a pattern, and runs the pattern when it is complete', async () => {
    const { user, latest, onRunQuery } = setup({ domains: ['www.example.com'] });
    await user.click(screen.getByLabelText('Regex'));
    expect(screen.queryByLabelText('Domains')).not.toBeInTheDocument();
    onRunQuery.mockClear();
    await user.type(screen.getByLabelText('Pattern'), '^www');
    expect(onRunQuery).not.toHaveBeenCalled();
    await user.keyboard('{Enter}');
    expect(onRunQuery).toHaveBeenCalledTimes(1);
    expect(latest.query).toMatchObject({
      domainMode: 'regex',
      domainPattern: '^www',
      domains: ['www.example.com'],
    });
  });

  it('needs nothing more for all domains', async () => {
    const { user, latest } = setup();
    await user.click(screen.getByLabelText('All'));
    expect(latest.query).toEqual({ refId: 'A', queryType: 'originFlow', domainMode: 'all' });
    expect(screen.queryByLabelText('Pattern')).not.toBeInTheDocument();
  });
});

describe('the other fields', () => {
  it('show the defaults of a query that lacks them', () => {
    setup({ domainMode: 'all' });
    expect(screen.getByLabelText('One per domain')).toBeChecked();
    expect(screen.getByText('Bits per slice')).toBeInTheDocument();
    expect(screen.getByText('Auto')).toBeInTheDocument();
  });

  it('merge the domains and set unit and granularity', async () => {
    const { user, latest } = setup({ domainMode: 'all' });
    await user.click(screen.getByLabelText('Merged'));
    await choose(user, 'Unit', 'Bytes per second');
    await choose(user, 'Granularity', '1 hour');
    expect(latest.query).toMatchObject({ mergeDomains: true, unit: 'bytesPerSecond', granularity: '1h' });
  });

  it('are folded away with their changes summed up, and can be opened by keyboard', async () => {
    const { user, latest } = setup({ domainMode: 'all', gapFill: 'zero', legendFormat: 'flow' });
    const options = screen.getByRole('button', { name: /Options/ });
    expect(options).toHaveTextContent('Gaps: Zero · Legend: flow');
    expect(options).toHaveAttribute('aria-expanded', 'false');
    options.focus();
    await user.keyboard('{Enter}');
    expect(options).toHaveAttribute('aria-expanded', 'true');
    await choose(user, 'Time merge', 'Off');
    await choose(user, 'Provisional', 'Show');
    await choose(user, 'Gaps', 'Null');
    await user.clear(screen.getByLabelText('Legend'));
    await user.type(screen.getByLabelText('Legend'), 'x');
    await user.tab();
    expect(latest.query).toMatchObject({
      timeMerge: 'off',
      provisional: 'show',
      gapFill: 'null',
      legendFormat: 'x',
    });
  });

  it('forget a text that is abandoned with Escape', async () => {
    const { user, latest, onRunQuery } = setup({ domainMode: 'regex', domainPattern: 'a' });
    await user.type(screen.getByLabelText('Pattern'), 'bc{Escape}');
    expect(screen.getByLabelText('Pattern')).toHaveValue('a');
    await user.tab();
    expect(latest.query.domainPattern).toBe('a');
    expect(onRunQuery).not.toHaveBeenCalled();
  });
});

async function choose(user: ReturnType<typeof userEvent.setup>, field: string, choice: string) {
  await user.click(screen.getByLabelText(field));
  await user.click(await screen.findByText(choice));
}
