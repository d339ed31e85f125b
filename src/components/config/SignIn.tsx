import { t } from '@grafana/i18n';
import { FieldSet, InlineField, SecretInput, Select, TextLink } from '@grafana/ui';
import React from 'react';
import { AUTH_KINDS, type AuthField, authKindOf } from './authKinds';
import { LABEL_WIDTH } from './layout';
import { DEFAULTS, type Settings } from './settings';

const KEYS_PAGE = 'https://ram.console.aliyun.com/';

/** How to sign in, and only the fields that this kind of sign-in needs. */
export function SignIn({ settings }: { settings: Settings }) {
  const authType = settings.saved.authType ?? DEFAULTS.authType;
  const kind = authKindOf(authType);
  return (
    <FieldSet label={t('config.signIn.title', 'Sign in')}>
      <InlineField
        label={t('config.authType.label', 'Sign in with')}
        tooltip={t('config.authType.tooltip', 'How this data source proves to Alibaba Cloud who it is.')}
        labelWidth={LABEL_WIDTH}
        grow
        disabled={settings.readOnly}
      >
        <Select
          inputId="originflow-authType"
          options={AUTH_KINDS.map(({ value, label, description }) => ({
            value,
            label: label(),
            description: description(),
          }))}
          // A kind that this editor does not know, from a provisioning file, is shown by its bare name.
          value={kind ? kind.value : { value: authType, label: authType }}
          onChange={({ value }) => settings.set('authType', value)}
        />
      </InlineField>
      {kind?.fields.map((field) => (
        <SignInField key={field.key} field={field} settings={settings} />
      ))}
      {kind && kind.fields.length > 0 && (
        <TextLink href={KEYS_PAGE} external variant="bodySmall">
          {t('config.signIn.keysPage', 'Make or find keys in the RAM console')}
        </TextLink>
      )}
    </FieldSet>
  );
}

function SignInField({ field, settings }: { field: AuthField; settings: Settings }) {
  const id = `originflow-${field.key}`;
  return (
    <InlineField
      label={field.label()}
      tooltip={field.tooltip()}
      labelWidth={LABEL_WIDTH}
      grow
      htmlFor={id}
      disabled={settings.readOnly}
    >
      <SecretInput
        id={id}
        placeholder={field.placeholder}
        // Browsers would offer the password of the Grafana user.
        autoComplete="new-password"
        isConfigured={settings.isSecretSaved(field.key)}
        value={settings.secret(field.key)}
        onReset={() => settings.resetSecret(field.key)}
        onChange={(event) => settings.setSecret(field.key, event.currentTarget.value)}
      />
    </InlineField>
  );
}
