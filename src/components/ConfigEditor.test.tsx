import { config } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import i18next from 'i18next';
import React, { useState } from 'react';
import { ConfigEditor } from './ConfigEditor';
import { RAM_POLICY } from './config/RamPolicy';
import type { EditorProps } from './config/settings';
import { startTexts } from '../texts';

type Options = EditorProps['options'];

function setup(saved: Partial<Options> = {}) {
  const latest = { options: { jsonData: {}, secureJsonFields: {}, ...saved } as Options };
  function Host() {
    const [options, setOptions] = useState(latest.options);
    latest.options = options;
    return <ConfigEditor options={options} onOptionsChange={setOptions} />;
  }
  const { container } = render(<Host />);
  return { user: userEvent.setup(), latest, container };
}

const openAdvanced = (user: ReturnType<typeof userEvent.setup>) =>
  user.click(screen.getByRole('button', { name: /Advanced settings/ }));

describe('signing in', () => {
  it('starts with an AccessKey pair, which is saved as secrets only', async () => {
    const { user, latest } = setup();
    await user.type(screen.getByLabelText('AccessKey ID *'), 'id');
    await user.type(screen.getByLabelText('AccessKey secret *'), 'secret');
    expect(latest.options.secureJsonData).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' });
    expect(latest.options.jsonData).toEqual({ language: 'en-US' });
    expect(screen.queryByLabelText('Security token *')).not.toBeInTheDocument();
    expect(screen.getByLabelText('AccessKey ID *')).toHaveAttribute('type', 'password');
  });

  it('asks for the fields of the chosen kind only', async () => {
    const { user, latest } = setup();
    await user.click(screen.getByLabelText('Sign in with'));
    await user.click(await screen.findByText('STS token'));
    expect(latest.options.jsonData.authType).toBe('stsToken');
    expect(screen.getByLabelText('Security token *')).toBeInTheDocument();

    await user.click(screen.getByLabelText('Sign in with'));
    await user.click(await screen.findByText('Demo data'));
    expect(latest.options.jsonData.authType).toBe('demo');
    expect(screen.queryByLabelText('AccessKey ID *')).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Permissions/ })).not.toBeInTheDocument();
  });

  it('never shows a saved secret but lets one reset it', async () => {
    const { user, latest } = setup({ secureJsonFields: { accessKeyId: true, accessKeySecret: true } });
    expect(screen.getByLabelText('AccessKey ID *')).toBeDisabled();
    await user.click(screen.getAllByRole('button', { name: 'Reset' })[0]);
    expect(latest.options.secureJsonFields).toEqual({ accessKeyId: false, accessKeySecret: true });
    expect(screen.getByLabelText('AccessKey ID *')).toHaveValue('');
  });

  it('shows a kind it does not know by its name', () => {
    setup({ jsonData: { authType: 'laterKind' } as never });
    expect(screen.getByText('laterKind')).toBeInTheDocument();
  });

  it.each([
    ['AccessKey', ['AccessKey ID *', 'AccessKey secret *']],
    ['STS token', ['AccessKey ID *', 'AccessKey secret *', 'Security token *']],
    ['RAM role', ['AccessKey ID *', 'AccessKey secret *', 'Role ARN *', 'External ID']],
    ['Instance role', ['Role name']],
    ['OIDC role (RRSA)', ['Role ARN', 'OIDC provider ARN', 'OIDC token file']],
    ['Default chain', []],
    ['Demo data', []],
  ])('shows the fields of %s, marks those it needs, and no others', async (kind, fields) => {
    const { user, container } = setup();
    await user.click(screen.getByLabelText('Sign in with'));
    await user.click((await screen.findAllByText(kind)).at(-1)!);
    const shown = [...container.querySelectorAll('input[id^="originflow-"]:not(#originflow-authType)')];
    expect(shown.map((input) => (input as HTMLInputElement).labels?.[0]?.textContent)).toEqual(fields);
    expect(shown.map((input) => input.getAttribute('aria-required') === 'true')).toEqual(
      fields.map((label) => label.endsWith('*'))
    );
  });

  it('assumes a role with a key, which alone is secret', async () => {
    const { user, latest } = setup({ jsonData: { authType: 'ramRoleArn' } });
    await user.type(screen.getByLabelText('AccessKey secret *'), 'secret');
    await user.type(screen.getByLabelText('Role ARN *'), 'acs:ram::1:user/me');
    expect(screen.getByText(/Not written like acs:ram::1234567890123456:role/)).toBeInTheDocument();
    await user.clear(screen.getByLabelText('Role ARN *'));
    await user.type(screen.getByLabelText('Role ARN *'), ' acs:ram::1:role/grafana ');
    await user.type(screen.getByLabelText('External ID'), 'id-1');
    await user.click(screen.getByRole('button', { name: /Session/ }));
    expect(screen.getByLabelText('STS endpoint')).toHaveAttribute('placeholder', 'https://sts.aliyuncs.com');
    await user.type(screen.getByLabelText('STS endpoint'), 'https://sts.example.com');
    expect(screen.getByText(/Must be one of STS/)).toBeInTheDocument();
    await user.clear(screen.getByLabelText('STS endpoint'));
    await user.type(screen.getByLabelText('Session name'), 'me');
    await user.type(screen.getByLabelText('Duration (seconds)'), '1800');
    expect(latest.options.secureJsonData).toEqual({ accessKeySecret: 'secret' });
    expect(latest.options.jsonData).toEqual({
      language: 'en-US',
      authType: 'ramRoleArn',
      roleArn: 'acs:ram::1:role/grafana',
      externalId: 'id-1',
      roleSessionName: 'me',
      roleSessionSeconds: 1800,
    });
  });

  it.each(['ecsRamRole', 'oidcRoleArn', 'default'] as const)(
    'says which line allows %s, where it signs in as the server',
    (authType) => {
      setup({ jsonData: { authType } });
      expect(
        screen.getByText(
          new RegExp(`grafana.ini.*\\[plugin.originflow-aliyuncdn-datasource\\].*= ${authType}`)
        )
      ).toBeInTheDocument();
    }
  );

  it('says nothing of the kind where it does not', () => {
    setup({ jsonData: { authType: 'ramRoleArn' } });
    expect(screen.queryByText(/grafana.ini/)).not.toBeInTheDocument();
  });

  it('leads to the page where keys are made', () => {
    setup();
    expect(screen.getByRole('link', { name: /RAM console/ })).toHaveAttribute(
      'href',
      'https://ram.console.aliyun.com/'
    );
  });

  it('cannot be changed in a provisioned data source', () => {
    setup({ readOnly: true });
    expect(screen.getByLabelText('AccessKey ID *')).toBeDisabled();
  });
});

describe('the RAM policy', () => {
  it('allows the operations of every metric, which stand alone, and can be copied', async () => {
    // Browsers hand out the clipboard in secure contexts only.
    Object.defineProperty(window, 'isSecureContext', { value: true });
    const { user } = setup();
    await user.click(screen.getByRole('button', { name: /Permissions/ }));
    await user.click(screen.getByRole('button', { name: /Copy policy/ }));
    expect(await navigator.clipboard.readText()).toBe(RAM_POLICY);
    expect(JSON.parse(RAM_POLICY).Statement[0]).toEqual({
      Effect: 'Allow',
      Action: [
        'cdn:DescribeUserDomains',
        'cdn:DescribeDomainSrcFlowData',
        'cdn:DescribeDomainSrcTrafficData',
        'cdn:DescribeDomainTrafficData',
        'cdn:DescribeDomainSrcQpsData',
        'cdn:DescribeDomainQpsData',
        'cdn:DescribeDomainSrcHttpCodeData',
        'cdn:DescribeDomainHttpCodeData',
        'cdn:DescribeDomainHitRateData',
        'cdn:DescribeDomainReqHitRateData',
      ],
      Resource: 'acs:cdn:*:*:*',
    });
  });
});

describe('the advanced settings', () => {
  it('show the defaults as placeholders and save none of them', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    expect(screen.getByLabelText('Endpoint')).toHaveAttribute('placeholder', 'https://cdn.aliyuncs.com');
    expect(screen.getByLabelText('Data delay')).toHaveAttribute('placeholder', '15m');
    expect(screen.getByLabelText('Calls per second')).toHaveAttribute('placeholder', '20');
    expect(screen.getByLabelText('Cache (MB)')).toHaveAttribute('placeholder', '64');
    expect(latest.options.jsonData).toEqual({ language: 'en-US' });
  });

  it('save numbers as numbers and forget what is emptied', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    await user.type(screen.getByLabelText('Calls per second'), '50');
    await user.type(screen.getByLabelText('Timeout (seconds)'), '9');
    await user.click(screen.getByLabelText('Byte'));
    expect(latest.options.jsonData).toMatchObject({ callsPerSecond: 50, timeout: 9, flowUnit2014: 'byte' });
    await user.clear(screen.getByLabelText('Timeout (seconds)'));
    expect(latest.options.jsonData.timeout).toBeUndefined();
  });

  it('say what is wrong with a value', async () => {
    const { user } = setup();
    await openAdvanced(user);
    await user.type(screen.getByLabelText('Endpoint'), 'http://cdn.aliyuncs.com');
    await user.type(screen.getByLabelText('Data delay'), 'soon');
    await user.type(screen.getByLabelText('Cache (MB)'), '5000');
    expect(screen.getByText(/Must start with https/)).toBeInTheDocument();
    expect(screen.getByText(/Not a duration/)).toBeInTheDocument();
    expect(screen.getByText('Must be a whole number from 1 to 4096')).toBeInTheDocument();
  });

  it('choose the API version', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    await user.click(screen.getByLabelText('API version'));
    await user.click(await screen.findByText(/^2018-05-10/));
    expect(latest.options.jsonData.apiVersion).toBe('2018-05-10');
  });
});

describe('the shared cache', () => {
  const openSharedCache = (user: ReturnType<typeof userEvent.setup>) =>
    user.click(screen.getByRole('button', { name: /Shared cache/ }));

  it('is none unless one is entered', async () => {
    const { user, latest } = setup();
    await openSharedCache(user);
    expect(screen.getByLabelText('Redis URL')).toHaveValue('');
    expect(screen.getByLabelText('Key prefix')).toHaveAttribute('placeholder', 'aliyuncdn');
    expect(latest.options.jsonData).toEqual({ language: 'en-US' });
  });

  it('has a password that is a secret, and forgets what is emptied', async () => {
    const { user, latest } = setup();
    await openSharedCache(user);
    await user.type(screen.getByLabelText('Redis URL'), ' redis://me@redis:6379/1 ');
    await user.type(screen.getByLabelText('Redis password'), 'secret');
    await user.type(screen.getByLabelText('Key prefix'), 'cdn');
    expect(latest.options.jsonData).toEqual({
      language: 'en-US',
      sharedCacheURL: 'redis://me@redis:6379/1',
      sharedCachePrefix: 'cdn',
    });
    expect(latest.options.secureJsonData).toEqual({ sharedCachePassword: 'secret' });
    await user.clear(screen.getByLabelText('Redis URL'));
    expect(latest.options.jsonData.sharedCacheURL).toBeUndefined();
  });

  it('says what is wrong with a value', async () => {
    const { user } = setup();
    await openSharedCache(user);
    await user.type(screen.getByLabelText('Redis URL'), 'redis.example.com:6379');
    await user.type(screen.getByLabelText('Key prefix'), 'a/b');
    expect(screen.getByText(/Must start with redis/)).toBeInTheDocument();
    expect(screen.getByText(/At most 64 letters/)).toBeInTheDocument();
  });

  it('wants a password and a prefix of who signs in as the server', async () => {
    const { user } = setup();
    await openSharedCache(user);
    expect(screen.queryByText(/enter a password, and a key prefix/)).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Sign in with'));
    await user.click(await screen.findByText('Instance role'));
    expect(screen.getByText(/enter a password, and a key prefix/)).toBeInTheDocument();
  });

  it('can be tried with demo data', () => {
    setup({ jsonData: { authType: 'demo' } });
    expect(screen.getByRole('button', { name: /Shared cache/ })).toBeInTheDocument();
  });

  it('never shows a saved password', async () => {
    const { user } = setup({ secureJsonFields: { sharedCachePassword: true } });
    await openSharedCache(user);
    expect(screen.getByLabelText('Redis password')).toBeDisabled();
  });
});

describe('the connection', () => {
  const openConnection = (user: ReturnType<typeof userEvent.setup>) =>
    user.click(screen.getByRole('button', { name: /Connection/ }));

  it('has certificates where they are switched on, which are secrets', async () => {
    const { user, latest } = setup();
    await openConnection(user);
    expect(screen.queryByLabelText('CA certificate *')).not.toBeInTheDocument();
    await user.click(screen.getByLabelText('Own authority'));
    await user.type(screen.getByLabelText('CA certificate *'), 'authority');
    await user.click(screen.getByLabelText('Client certificate'));
    await user.type(screen.getByLabelText('Certificate *'), 'certificate');
    await user.type(screen.getByLabelText('Private key *'), 'key');
    await user.type(screen.getByLabelText('Server name'), 'cdn.example.com');
    expect(latest.options.jsonData).toEqual({
      language: 'en-US',
      tlsAuthWithCACert: true,
      tlsAuth: true,
      serverName: 'cdn.example.com',
    });
    expect(latest.options.secureJsonData).toEqual({
      tlsCACert: 'authority',
      tlsClientCert: 'certificate',
      tlsClientKey: 'key',
    });
    await user.click(screen.getByLabelText('Own authority'));
    expect(latest.options.jsonData.tlsAuthWithCACert).toBeUndefined();
  });

  it('never shows a saved certificate', async () => {
    const { user } = setup({ jsonData: { tlsAuthWithCACert: true }, secureJsonFields: { tlsCACert: true } });
    await openConnection(user);
    expect(screen.getByLabelText('CA certificate *')).toBeDisabled();
  });

  it('adds headers, counted without a gap, whose values are secrets', async () => {
    const { user, latest } = setup();
    await openConnection(user);
    const add = screen.getByRole('button', { name: 'Add header' });
    await user.click(add);
    expect(add).toBeDisabled();
    await user.type(screen.getByLabelText('Header 1'), 'X-One');
    await user.type(screen.getByLabelText('Value 1'), 'first');
    await user.click(add);
    await user.type(screen.getByLabelText('Header 2'), 'X-Two');
    await user.type(screen.getByLabelText('Value 2'), 'second');
    expect(latest.options.jsonData).toEqual({
      language: 'en-US',
      httpHeaderName1: 'X-One',
      httpHeaderName2: 'X-Two',
    });
    expect(latest.options.secureJsonData).toEqual({ httpHeaderValue1: 'first', httpHeaderValue2: 'second' });

    await user.click(screen.getByRole('button', { name: 'Remove header 2' }));
    expect(latest.options.jsonData.httpHeaderName2).toBeUndefined();
    expect(latest.options.secureJsonData).toEqual({ httpHeaderValue1: 'first', httpHeaderValue2: '' });
    expect(screen.getByRole('button', { name: 'Remove header 1' })).toBeInTheDocument();
  });

  it('is not there for demo data, which makes none', () => {
    setup({ jsonData: { authType: 'demo' } });
    expect(screen.queryByRole('button', { name: /Connection/ })).not.toBeInTheDocument();
  });

  it('offers the Secure Socks proxy only where Grafana has one', async () => {
    config.secureSocksDSProxyEnabled = true;
    const { user, latest } = setup();
    await openConnection(user);
    await user.click(screen.getByLabelText('Secure Socks proxy'));
    expect(latest.options.jsonData.enableSecureSocksProxy).toBe(true);
    config.secureSocksDSProxyEnabled = false;
  });
});

describe('the language of messages', () => {
  const speak = async (language: string) => {
    i18next.addResourceBundle(language, 'grafana', { any: 'any' });
    await i18next.changeLanguage(language);
    await startTexts();
  };
  afterEach(() => speak('en-US'));

  it.each([
    ['zh-Hans', 'zh-Hans'],
    ['zh-Hant', 'zh-Hans'],
    ['en-US', 'en-US'],
    ['fr-FR', 'en-US'],
  ])('begins with that of a Grafana in %s', async (grafanas, ours) => {
    await speak(grafanas);
    const { latest } = setup({ jsonData: { authType: 'demo' } });
    expect(latest.options.jsonData).toEqual({ authType: 'demo', language: ours });
  });

  it('stays as it was saved, whoever looks', async () => {
    await speak('zh-Hans');
    const { latest } = setup({ jsonData: { language: 'en-US' } });
    expect(latest.options.jsonData).toEqual({ language: 'en-US' });
  });

  it('is left to the file of a provisioned data source', async () => {
    await speak('zh-Hans');
    const { latest } = setup({ readOnly: true });
    expect(latest.options.jsonData).toEqual({});
  });

  it('can be chosen', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    expect(screen.getByLabelText('English')).toBeChecked();
    await user.click(screen.getByLabelText('简体中文'));
    expect(latest.options.jsonData.language).toBe('zh-Hans');
    expect(screen.getByLabelText('简体中文')).toBeChecked();
  });
});
