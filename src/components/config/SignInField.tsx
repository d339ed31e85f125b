import { InlineField, Input } from '@grafana/ui';
import React from 'react';
import type { AuthField, TextField } from './authFields';
import { LABEL_WIDTH } from './layout';
import { SecretRow } from './SecretRow';
import { DEFAULTS, type Settings } from './settings';

/** One field of a sign-in kind. */
export function SignInField({ field, settings }: { field: AuthField; settings: Settings }) {
  if (!('secret' in field)) {
    return <PlainField field={field} settings={settings} />;
  }
  return (
    <SecretRow
      secret={field.secret}
      label={field.label()}
      tooltip={field.tooltip()}
      placeholder={field.placeholder}
      required={field.required}
      settings={settings}
    />
  );
}

const PLACEHOLDERS: Partial<Record<string, string>> = {
  roleSessionName: DEFAULTS.roleSessionName,
  stsEndpoint: DEFAULTS.stsEndpoint,
};

function PlainField({ field, settings }: { field: TextField; settings: Settings }) {
  const value = settings.saved[field.setting];
  const problem = field.problem?.(value);
  return (
    <InlineField
      label={field.label()}
      tooltip={field.tooltip()}
      labelWidth={LABEL_WIDTH}
      grow
      required={field.required}
      disabled={settings.readOnly}
      invalid={problem !== undefined}
      error={problem}
    >
      <Input
        id={`originflow-${field.setting}`}
        aria-required={field.required}
        placeholder={field.placeholder ?? PLACEHOLDERS[field.setting]}
        value={value ?? ''}
        onChange={(event) => settings.set(field.setting, event.currentTarget.value.trim() || undefined)}
      />
    </InlineField>
  );
}
