import { t } from '@grafana/i18n';
import { config } from '@grafana/runtime';
import { InlineField, InlineSwitch, Input } from '@grafana/ui';
import React from 'react';
import { Headers } from './Headers';
import { LABEL_WIDTH } from './layout';
import { SecretRow } from './SecretRow';
import type { Settings } from './settings';

// What a file in PEM begins with, in every language.
const CERTIFICATE = '-----BEGIN CERTIFICATE-----';
const PRIVATE_KEY = '-----BEGIN PRIVATE KEY-----';

type SwitchKey = 'tlsSkipVerify' | 'tlsAuthWithCACert' | 'tlsAuth' | 'enableSecureSocksProxy';

/** How to reach Alibaba Cloud: what Grafana's SDK reads for every data source. */
export function Connection({ settings }: { settings: Settings }) {
  const { saved, set, readOnly } = settings;
  const { tlsAuthWithCACert, tlsAuth } = saved;
  const field = { labelWidth: LABEL_WIDTH, grow: true, disabled: readOnly };
  return (
    <>
      {config.secureSocksDSProxyEnabled && (
        <Switch
          setting="enableSecureSocksProxy"
          label={t('config.secureSocks.label', 'Secure Socks proxy')}
          tooltip={t(
            'config.secureSocks.tooltip',
            'Reach the CDN API through the Secure Socks proxy that Grafana is set up with.'
          )}
          settings={settings}
        />
      )}
      <Switch
        setting="tlsAuthWithCACert"
        label={t('config.tlsAuthWithCACert.label', 'Own authority')}
        tooltip={t(
          'config.tlsAuthWithCACert.tooltip',
          'Takes certificates of an authority of yours, such as that of a proxy that opens TLS.'
        )}
        settings={settings}
      />
      {tlsAuthWithCACert && (
        <SecretRow
          secret="tlsCACert"
          label={t('config.tlsCACert.label', 'CA certificate')}
          tooltip={t('config.tlsCACert.tooltip', 'The certificate of the authority, in PEM.')}
          placeholder={CERTIFICATE}
          required
          lines={4}
          settings={settings}
        />
      )}
      <Switch
        setting="tlsAuth"
        label={t('config.tlsAuth.label', 'Client certificate')}
        tooltip={t('config.tlsAuth.tooltip', 'Shows a certificate to a proxy or gateway that asks for one.')}
        settings={settings}
      />
      {tlsAuth && (
        <>
          <SecretRow
            secret="tlsClientCert"
            label={t('config.tlsClientCert.label', 'Certificate')}
            tooltip={t('config.tlsClientCert.tooltip', 'The certificate to show, in PEM.')}
            placeholder={CERTIFICATE}
            required
            lines={4}
            settings={settings}
          />
          <SecretRow
            secret="tlsClientKey"
            label={t('config.tlsClientKey.label', 'Private key')}
            tooltip={t('config.tlsClientKey.tooltip', 'The key of the certificate, in PEM.')}
            placeholder={PRIVATE_KEY}
            required
            lines={4}
            settings={settings}
          />
        </>
      )}
      {(tlsAuth || tlsAuthWithCACert) && (
        <InlineField
          {...field}
          label={t('config.serverName.label', 'Server name')}
          tooltip={t(
            'config.serverName.tooltip',
            "The name that the server's certificate has to be for, where it is not that of the endpoint."
          )}
        >
          <Input
            id="originflow-serverName"
            value={saved.serverName ?? ''}
            onChange={(event) => set('serverName', event.currentTarget.value.trim() || undefined)}
          />
        </InlineField>
      )}
      <Switch
        setting="tlsSkipVerify"
        label={t('config.tlsSkipVerify.label', 'Skip TLS verification')}
        tooltip={t(
          'config.tlsSkipVerify.tooltip',
          'Takes any certificate, so that others may read and alter the calls. Only to find out what is wrong.'
        )}
        settings={settings}
      />
      <Headers settings={settings} />
    </>
  );
}

interface SwitchProps {
  setting: SwitchKey;
  label: string;
  tooltip: string;
  settings: Settings;
}

function Switch({ setting, label, tooltip, settings: { saved, set, readOnly } }: SwitchProps) {
  return (
    <InlineField label={label} tooltip={tooltip} labelWidth={LABEL_WIDTH} disabled={readOnly}>
      <InlineSwitch
        id={`originflow-${setting}`}
        value={saved[setting] ?? false}
        onChange={(event) => set(setting, event.currentTarget.checked || undefined)}
      />
    </InlineField>
  );
}
