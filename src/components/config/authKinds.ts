import { t } from '@grafana/i18n';
import type { AuthType, CdnSecrets } from '../../types';

/** A field of a sign-in kind. All of them are secret: saved encrypted, never read back. */
export interface AuthField {
  key: keyof CdnSecrets;
  label: () => string;
  tooltip: () => string;
  placeholder?: string;
}

export interface AuthKind {
  value: AuthType;
  label: () => string;
  description: () => string;
  fields: AuthField[];
}

const accessKeyId: AuthField = {
  key: 'accessKeyId',
  label: () => t('config.accessKeyId.label', 'AccessKey ID'),
  tooltip: () =>
    t('config.accessKeyId.tooltip', 'The ID of the AccessKey pair. Saved encrypted, never shown again.'),
  placeholder: 'LTAI…',
};

const accessKeySecret: AuthField = {
  key: 'accessKeySecret',
  label: () => t('config.accessKeySecret.label', 'AccessKey secret'),
  tooltip: () =>
    t(
      'config.accessKeySecret.tooltip',
      'The secret of the AccessKey pair. Saved encrypted, never shown again.'
    ),
};

const securityToken: AuthField = {
  key: 'securityToken',
  label: () => t('config.securityToken.label', 'Security token'),
  tooltip: () =>
    t(
      'config.securityToken.tooltip',
      'The token that STS issued together with this temporary AccessKey pair.'
    ),
};

/** Every way to sign in that the editor offers: one row each, in the order shown. */
export const AUTH_KINDS: AuthKind[] = [
  {
    value: 'accessKey',
    label: () => t('config.authType.accessKey.label', 'AccessKey'),
    description: () => t('config.authType.accessKey.description', 'The AccessKey pair of a RAM user'),
    fields: [accessKeyId, accessKeySecret],
  },
  {
    value: 'stsToken',
    label: () => t('config.authType.stsToken.label', 'STS token'),
    description: () =>
      t(
        'config.authType.stsToken.description',
        'A temporary AccessKey pair with its token; it expires and must be renewed'
      ),
    fields: [accessKeyId, accessKeySecret, securityToken],
  },
  {
    value: 'demo',
    label: () => t('config.authType.demo.label', 'Demo data'),
    description: () =>
      t('config.authType.demo.description', 'Made-up domains and traffic; no account, no network'),
    fields: [],
  },
];

export const authKindOf = (authType: AuthType): AuthKind | undefined =>
  AUTH_KINDS.find(({ value }) => value === authType);
