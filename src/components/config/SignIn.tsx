import { t } from '@grafana/i18n';
import { FieldSet, InlineField, Select, TextLink } from '@grafana/ui';
import React from 'react';
import { Disclosure } from '../shared/Disclosure';
import { Hint } from '../shared/Hint';
import { SESSION_FIELDS } from './authFields';
import { AUTH_KINDS, authKindOf } from './authKinds';
import { LABEL_WIDTH } from './layout';
import { NumberFields, SESSION_SECONDS } from './NumberFields';
import { DEFAULTS, type Settings } from './settings';
import { SignInField } from './SignInField';

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
      {kind?.ofServer && (
        <Hint>
          {t(
            'config.signIn.ofServer',
            'Signs in as the Grafana server, which its administrator has to allow: in grafana.ini, section [plugin.originflow-aliyuncdn-datasource], the line allowed_auth_types = {{authType}}.',
            { authType }
          )}
        </Hint>
      )}
      {kind?.fields.map((field) => (
        <SignInField key={field.label()} field={field} settings={settings} />
      ))}
      {kind?.sessions && (
        <Disclosure
          title={t('config.session.title', 'Session')}
          summary={t('config.session.summary', 'name, duration, STS endpoint')}
        >
          {SESSION_FIELDS.map((field) => (
            <SignInField key={field.setting} field={field} settings={settings} />
          ))}
          <NumberFields fields={[SESSION_SECONDS]} settings={settings} />
        </Disclosure>
      )}
      {kind?.fields.some((field) => 'secret' in field) && (
        <TextLink href={KEYS_PAGE} external variant="bodySmall">
          {t('config.signIn.keysPage', 'Make or find keys in the RAM console')}
        </TextLink>
      )}
    </FieldSet>
  );
}
