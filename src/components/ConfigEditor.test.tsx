import { config } from '@grafana/runtime';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import { ConfigEditor } from './ConfigEditor';
import { RAM_POLICY } from './config/RamPolicy';
import type { EditorProps } from './config/settings';

type Options = EditorProps['options'];

function setup(saved: Partial<Options> = {}) {
  const latest = { options: { jsonData: {}, secureJsonFields: {}, ...saved } as Options };
  function Host() {
    const [options, setOptions] = useState(latest.options);
    latest.options = options;
    return <ConfigEditor options={options} onOptionsChange={setOptions} />;
  }
  render(<Host />);
  return { user: userEvent.setup(), latest };
}

const openAdvanced = (user: ReturnType<typeof userEvent.setup>) =>
  user.click(screen.getByRole('button', { name: /Advanced settings/ }));

describe('signing in', () => {
  it('starts with an AccessKey pair, which is saved as secrets only', async () => {
    const { user, latest } = setup();
    await user.type(screen.getByLabelText('AccessKey ID'), 'id');
    await user.type(screen.getByLabelText('AccessKey secret'), 'secret');
    expect(latest.options.secureJsonData).toEqual({ accessKeyId: 'id', accessKeySecret: 'secret' });
    expect(latest.options.jsonData).toEqual({});
    expect(screen.queryByLabelText('Security token')).not.toBeInTheDocument();
    expect(screen.getByLabelText('AccessKey ID')).toHaveAttribute('type', 'password');
  });

  it('asks for the fields of the chosen kind only', async () => {
    const { user, latest } = setup();
    await user.click(screen.getByLabelText('Sign in with'));
    await user.click(await screen.findByText('STS token'));
    expect(latest.options.jsonData.authType).toBe('stsToken');
    expect(screen.getByLabelText('Security token')).toBeInTheDocument();

    await user.click(screen.getByLabelText('Sign in with'));
    await user.click(await screen.findByText('Demo data'));
    expect(latest.options.jsonData.authType).toBe('demo');
    expect(screen.queryByLabelText('AccessKey ID')).not.toBeInTheDocument();
    expect(screen.queryByRole('button', { name: /Permissions/ })).not.toBeInTheDocument();
  });

  it('never shows a saved secret but lets one reset it', async () => {
    const { user, latest } = setup({ secureJsonFields: { accessKeyId: true, accessKeySecret: true } });
    expect(screen.getByLabelText('AccessKey ID')).toBeDisabled();
    await user.click(screen.getAllByRole('button', { name: 'Reset' })[0]);
    expect(latest.options.secureJsonFields).toEqual({ accessKeyId: false, accessKeySecret: true });
    expect(screen.getByLabelText('AccessKey ID')).toHaveValue('');
  });

  it('shows a kind it does not know by its name', () => {
    setup({ jsonData: { authType: 'ecsRamRole' } as object });
    expect(screen.getByText('ecsRamRole')).toBeInTheDocument();
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
    expect(screen.getByLabelText('AccessKey ID')).toBeDisabled();
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
  it('show the defaults as placeholders and save nothing by themselves', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    expect(screen.getByLabelText('Endpoint')).toHaveAttribute('placeholder', 'https://cdn.aliyuncs.com');
    expect(screen.getByLabelText('Data delay')).toHaveAttribute('placeholder', '15m');
    expect(screen.getByLabelText('Calls per second')).toHaveAttribute('placeholder', '20');
    expect(screen.getByLabelText('Cache (MB)')).toHaveAttribute('placeholder', '64');
    expect(latest.options.jsonData).toEqual({});
  });

  it('save numbers as numbers and forget what is emptied', async () => {
    const { user, latest } = setup();
    await openAdvanced(user);
    await user.type(screen.getByLabelText('Calls per second'), '50');
    await user.type(screen.getByLabelText('Timeout (seconds)'), '9');
    await user.click(screen.getByLabelText('Byte'));
    expect(latest.options.jsonData).toEqual({ callsPerSecond: 50, timeout: 9, flowUnit2014: 'byte' });
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

  it('offer the Secure Socks proxy only where Grafana has one', async () => {
    config.secureSocksDSProxyEnabled = true;
    const { user, latest } = setup();
    await openAdvanced(user);
    await user.click(screen.getByLabelText('Secure Socks proxy'));
    expect(latest.options.jsonData.enableSecureSocksProxy).toBe(true);
    config.secureSocksDSProxyEnabled = false;
  });
});
