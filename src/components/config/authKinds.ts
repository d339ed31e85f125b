import { t } from '@grafana/i18n';
import type { AuthType } from '../../types';
import {
  accessKeyId,
  accessKeySecret,
  type AuthField,
  ecsRoleName,
  externalId,
  oidcProviderArn,
  oidcTokenFile,
  roleArn,
  securityToken,
} from './authFields';

export interface AuthKind {
  value: AuthType;
  label: () => string;
  description: () => string;
  fields: AuthField[];
  /** Signs in by sessions of a role, which have a name, a duration and a place to come from. */
  sessions?: boolean;
  /** Signs in as the Grafana server, which its administrator has to allow. */
  ofServer?: boolean;
}

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
    value: 'ramRoleArn',
    label: () => t('config.authType.ramRoleArn.label', 'RAM role'),
    description: () =>
      t(
        'config.authType.ramRoleArn.description',
        'A role that a RAM user assumes, of this account or another; sessions renew themselves'
      ),
    fields: [accessKeyId, accessKeySecret, { ...roleArn, required: true }, externalId],
    sessions: true,
  },
  {
    value: 'ecsRamRole',
    label: () => t('config.authType.ecsRamRole.label', 'Instance role'),
    description: () =>
      t(
        'config.authType.ecsRamRole.description',
        'The RAM role of the ECS instance that Grafana runs on; no keys'
      ),
    fields: [ecsRoleName],
    ofServer: true,
  },
  {
    value: 'oidcRoleArn',
    label: () => t('config.authType.oidcRoleArn.label', 'OIDC role (RRSA)'),
    description: () =>
      t(
        'config.authType.oidcRoleArn.description',
        'The RAM role of the Kubernetes service account that Grafana runs as; no keys'
      ),
    fields: [roleArn, oidcProviderArn, oidcTokenFile],
    sessions: true,
    ofServer: true,
  },
  {
    value: 'default',
    label: () => t('config.authType.default.label', 'Default chain'),
    description: () =>
      t(
        'config.authType.default.description',
        'What the Grafana server has: environment, OIDC, CLI profile, instance role, URI'
      ),
    fields: [],
    sessions: true,
    ofServer: true,
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
