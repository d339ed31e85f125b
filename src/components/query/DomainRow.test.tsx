import { screen, waitFor } from '@testing-library/react';
import { ACCOUNT, denied, LARGE, setup } from './domainRow.testing';

describe('a pattern', () => {
  it('shows how many domains match and the first few', async () => {
    setup({ domainMode: 'regex', domainPattern: '^[a-z]+\\.example' });
    const text = 'Matches 4 of 4 domains: www.example.com, img.example.com, api.example.org and 1 more';
    expect(await screen.findByText(text)).toBeInTheDocument();
  });

  it('is counted with the values of its variables', async () => {
    setup({ domainMode: 'regex', domainPattern: '^$site' });
    expect(await screen.findByText('Matches 1 of 4 domains: img.example.com')).toBeInTheDocument();
  });

  it('says so when nothing matches', async () => {
    setup({ domainMode: 'regex', domainPattern: 'nowhere' });
    expect(await screen.findByText('Matches none of 4 domains')).toBeInTheDocument();
  });

  it.each(['', '(', '(?P<name>img)'])(
    'says nothing where the backend is not asked or refuses it: “%s”',
    async (domainPattern) => {
      const { datasource } = setup({ domainMode: 'regex', domainPattern });
      await waitFor(() => expect(datasource.getDomains).toHaveBeenCalled());
      await datasource.getDomains();
      expect(datasource.findDomains).toHaveBeenCalledTimes(domainPattern === '' ? 0 : 1);
      expect(screen.queryByRole('status')).not.toBeInTheDocument();
    }
  );

  it('offers to merge more than 50 domains', async () => {
    const { user, latest } = setup({ domainMode: 'regex', domainPattern: '^s1' }, { account: LARGE });
    await user.click(await screen.findByRole('button', { name: 'Merge them' }));
    expect(latest.query.mergeDomains).toBe(true);
    expect(screen.queryByRole('button', { name: /Merge/ })).not.toBeInTheDocument();
  });
});

describe('all domains', () => {
  it('are counted', async () => {
    setup({ domainMode: 'all' });
    expect(await screen.findByText('4 domains')).toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Merge/ })).not.toBeInTheDocument();
  });

  it('can be merged where they are more than 50', async () => {
    const { user, latest } = setup({ domainMode: 'all' }, { account: LARGE });
    expect(await screen.findByText('1200 domains')).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Merge them' }));
    expect(latest.query.mergeDomains).toBe(true);
  });

  it('are a single one in a small account, and none in an empty one', async () => {
    setup({ domainMode: 'all' }, { account: ACCOUNT.slice(0, 1) });
    expect(await screen.findByText('1 domain')).toBeInTheDocument();
    setup({ domainMode: 'all' }, { account: [] });
    expect(await screen.findByText('The account has no domain')).toBeInTheDocument();
  });

  it('say why they cannot be counted', async () => {
    setup({ domainMode: 'all' }, { getDomains: denied });
    expect(await screen.findByText(/could not be listed\. The RAM policy/)).toBeInTheDocument();
  });
});

describe('changing the way to choose', () => {
  it('keeps the list when one changes to a pattern, which is taken when it is complete', async () => {
    const { user, latest } = setup({ domains: ['www.example.com'] });
    await user.click(screen.getByLabelText('Regex'));
    expect(screen.queryByLabelText('Domains')).not.toBeInTheDocument();
    await user.type(screen.getByLabelText('Pattern'), '^www');
    expect(latest.query.domainPattern).toBe('');
    await user.keyboard('{Enter}');
    expect(latest.query).toMatchObject({
      domainMode: 'regex',
      domainPattern: '^www',
      domains: ['www.example.com'],
    });
  });

  it('needs nothing more for all domains', async () => {
    const { user, latest } = setup();
    await user.click(screen.getByLabelText('All'));
    expect(latest.query.domainMode).toBe('all');
    expect(screen.queryByLabelText('Pattern')).not.toBeInTheDocument();
  });
});
