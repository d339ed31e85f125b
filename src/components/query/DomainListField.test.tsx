import { screen } from '@testing-library/react';
import { ACCOUNT, denied, LARGE, setup } from './domainRow.testing';

const picker = () => screen.getByLabelText('Domains');

describe('the list of domains', () => {
  it('offers the variables and the domains of the account with their status', async () => {
    const { user, latest } = setup();
    await user.click(picker());
    expect(await screen.findByText('$site')).toBeInTheDocument();
    expect(screen.getByText('offline · images and small files · global')).toBeInTheDocument();
    await user.click(await screen.findByText('img.example.com'));
    expect(latest.query.domains).toEqual(['img.example.com']);
  });

  it('offers no variables to an alert rule, which has none', async () => {
    const { user } = setup({}, { alerting: true });
    await user.click(picker());
    expect(await screen.findByText('img.example.com')).toBeInTheDocument();
    expect(screen.queryByText('$site')).not.toBeInTheDocument();
  });

  it('finds one among 1,200 as one types, without asking again', async () => {
    const { user, latest, datasource } = setup({}, { account: LARGE });
    await user.click(picker());
    expect(await screen.findByText('1100 more; type to narrow the list')).toBeInTheDocument();
    const asked = datasource.getDomains.mock.calls.length;
    await user.keyboard('s777.example.com');
    expect(screen.queryByText(/type to narrow/)).not.toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(latest.query.domains).toEqual(['s777.example.com']);
    expect(datasource.getDomains).toHaveBeenCalledTimes(asked);
  });

  it('takes a name the account does not list, and splits typed lists', async () => {
    const { user, latest } = setup({ domains: ['www.example.com'] });
    await user.type(picker(), 'x.test, y.test www.example.com');
    expect(screen.getByText('Add 3 names')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(latest.query.domains).toEqual(['www.example.com', 'x.test', 'y.test']);
  });

  it('takes a typed name that is not listed as it is, though a listed one contains it', async () => {
    const { user, latest } = setup();
    await screen.findByLabelText('Domains');
    await user.type(picker(), 'example.com');
    expect(screen.getByText('img.example.com')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(latest.query.domains).toEqual(['example.com']);
    await user.type(picker(), 'example.com{Enter}');
    expect(screen.getByText('Chosen already')).toBeInTheDocument();
    expect(latest.query.domains).toEqual(['example.com']);
  });

  it('takes the first domain found for a part of a name, or the one that an arrow key marks', async () => {
    const { user, latest } = setup();
    await screen.findByLabelText('Domains');
    await user.type(picker(), 'img');
    expect(await screen.findByText('img.example.com')).toBeInTheDocument();
    await user.keyboard('{Enter}');
    expect(latest.query.domains).toEqual(['img.example.com']);
    await user.type(picker(), 'example{ArrowDown}{Enter}');
    expect(latest.query.domains).toHaveLength(2);
    expect(latest.query.domains).not.toContain('example');
  });

  it('takes a part of a name that no domain has, as it is', async () => {
    const { user, latest } = setup();
    await user.type(picker(), 'localhost{Enter}');
    expect(latest.query.domains).toEqual(['localhost']);
  });

  it('lets Tab leave the field, which chooses nothing', async () => {
    const { user, latest } = setup();
    await user.type(picker(), 'img{Enter}www');
    await user.tab();
    expect(picker()).not.toHaveFocus();
    expect(screen.queryByText('www.example.com')).not.toBeInTheDocument();
    expect(latest.query.domains).toEqual(['img.example.com']);
    await user.click(picker());
    await user.tab();
    expect(latest.query.domains).toEqual(['img.example.com']);
  });

  it('splits a pasted list at its lines, which a text field would run together', async () => {
    const { user, latest } = setup();
    await user.click(picker());
    await user.paste('a.test\nb.test\r\n$site');
    expect(latest.query.domains).toEqual(['a.test', 'b.test', '$site']);
    expect(picker()).toHaveValue('');
  });

  it('searches for a single pasted name', async () => {
    const { user, latest } = setup();
    await user.click(picker());
    await user.paste('api.example.org');
    expect(latest.query.domains).toEqual([]);
    expect(picker()).toHaveValue('api.example.org');
  });

  it('tells in the field why listing failed, and still takes a name', async () => {
    const { user, latest } = setup({}, { getDomains: denied });
    expect(await screen.findByText(/The RAM policy lacks a permission\./)).toBeInTheDocument();
    await user.type(picker(), 'a.test{Enter}');
    expect(latest.query.domains).toEqual(['a.test']);
  });

  it('tries again when it is opened after a failure', async () => {
    const { user, datasource } = setup({}, { getDomains: denied });
    expect(await screen.findByText(/could not be listed/)).toBeInTheDocument();
    datasource.getDomains.mockResolvedValue(ACCOUNT);
    await user.click(picker());
    expect(await screen.findByText('img.example.com')).toBeInTheDocument();
    expect(screen.queryByText(/could not be listed/)).not.toBeInTheDocument();
  });

  it('names the chosen domains that are offline', async () => {
    setup({ domains: ['www.example.com', 'old.example.org'] });
    expect(await screen.findByText('Offline at present: old.example.org')).toBeInTheDocument();
  });
});
