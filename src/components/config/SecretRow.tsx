import { InlineField, SecretInput, SecretTextArea } from '@grafana/ui';
import React from 'react';
import { LABEL_WIDTH } from './layout';
import type { SecretKey, Settings } from './settings';

interface Props {
  secret: SecretKey;
  label: string;
  tooltip: string;
  placeholder?: string;
  required?: boolean;
  /** For what has several lines, as a certificate has. */
  lines?: number;
  settings: Settings;
}

/** A secret that can be entered, and once saved only be replaced. */
export function SecretRow({ secret, label, tooltip, placeholder, required, lines, settings }: Props) {
  const id = `originflow-${secret}`;
  const input = {
    id,
    placeholder,
    'aria-required': required,
    isConfigured: settings.isSecretSaved(secret),
    value: settings.secret(secret),
    onReset: () => settings.resetSecret(secret),
    onChange: (event: { currentTarget: { value: string } }) =>
      settings.setSecret(secret, event.currentTarget.value),
  };
  return (
    <InlineField
      label={label}
      tooltip={tooltip}
      labelWidth={LABEL_WIDTH}
      grow
      shrink
      htmlFor={id}
      required={required}
      disabled={settings.readOnly}
    >
      {lines ? (
        <SecretTextArea {...input} rows={lines} />
      ) : (
        // Browsers would offer the password of the Grafana user.
        <SecretInput {...input} autoComplete="new-password" />
      )}
    </InlineField>
  );
}
