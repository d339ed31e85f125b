import { t } from '@grafana/i18n';
import type { CdnSecrets, CdnSettings } from '../../types';
import { arnProblem, externalIdProblem, pathProblem, roleNameProblem, stsEndpointProblem } from './problems';

/** The settings of a sign-in kind that are text. */
type TextKey = {
  [K in keyof CdnSettings]-?: CdnSettings[K] extends string | undefined ? K : never;
}[keyof CdnSettings];

interface FieldText {
  label: () => string;
  tooltip: () => string;
  placeholder?: string;
  required?: boolean;
}

/** A field that is saved encrypted, never read back. */
export interface SecretField extends FieldText {
  secret: keyof CdnSecrets;
}

/** A field that is saved as it is. */
export interface TextField extends FieldText {
  setting: TextKey;
  /** What is wrong with a value, or undefined. */
  problem?: (value: string | undefined) => string | undefined;
}

export type AuthField = SecretField | TextField;

export const accessKeyId: SecretField = {
  secret: 'accessKeyId',
  required: true,
  label: () => t('config.accessKeyId.label', 'AccessKey ID'),
  tooltip: () =>
    t('config.accessKeyId.tooltip', 'The ID of the AccessKey pair. Saved encrypted, never shown again.'),
  placeholder: 'LTAI…',
};

export const accessKeySecret: SecretField = {
  secret: 'accessKeySecret',
  required: true,
  label: () => t('config.accessKeySecret.label', 'AccessKey secret'),
  tooltip: () =>
    t(
      'config.accessKeySecret.tooltip',
      'The secret of the AccessKey pair. Saved encrypted, never shown again.'
    ),
};

export const securityToken: SecretField = {
  secret: 'securityToken',
  required: true,
  label: () => t('config.securityToken.label', 'Security token'),
  tooltip: () =>
    t(
      'config.securityToken.tooltip',
      'The token that STS issued together with this temporary AccessKey pair.'
    ),
};

export const roleArn: TextField = {
  setting: 'roleArn',
  label: () => t('config.roleArn.label', 'Role ARN'),
  tooltip: () =>
    t(
      'config.roleArn.tooltip',
      'The RAM role to assume, as the RAM console shows it. It may be of another account.'
    ),
  placeholder: 'acs:ram::1234567890123456:role/grafana',
  problem: (value) => arnProblem('role', value),
};

export const externalId: TextField = {
  setting: 'externalId',
  label: () => t('config.externalId.label', 'External ID'),
  tooltip: () =>
    t(
      'config.externalId.tooltip',
      'What the trust policy of the role asks for, if it does; who owns the role tells it.'
    ),
  problem: externalIdProblem,
};

export const ecsRoleName: TextField = {
  setting: 'ecsRoleName',
  label: () => t('config.ecsRoleName.label', 'Role name'),
  tooltip: () =>
    t(
      'config.ecsRoleName.tooltip',
      'The RAM role of the instance. Empty takes the one that is attached to it.'
    ),
  problem: roleNameProblem,
};

export const oidcProviderArn: TextField = {
  setting: 'oidcProviderArn',
  label: () => t('config.oidcProviderArn.label', 'OIDC provider ARN'),
  tooltip: () =>
    t(
      'config.oidcProviderArn.tooltip',
      'The OIDC provider of the cluster in RAM. Empty takes ALIBABA_CLOUD_OIDC_PROVIDER_ARN from the environment.'
    ),
  placeholder: 'acs:ram::1234567890123456:oidc-provider/cluster',
  problem: (value) => arnProblem('oidc-provider', value),
};

export const oidcTokenFile: TextField = {
  setting: 'oidcTokenFile',
  label: () => t('config.oidcTokenFile.label', 'OIDC token file'),
  tooltip: () =>
    t(
      'config.oidcTokenFile.tooltip',
      'The path, on the Grafana server, of the token that Kubernetes projects. Empty takes ALIBABA_CLOUD_OIDC_TOKEN_FILE from the environment.'
    ),
  placeholder: '/var/run/secrets/ack.alibabacloud.com/rrsa-tokens/token',
  problem: pathProblem,
};

/** What sessions have of their own, whichever kind they are of. */
export const SESSION_FIELDS: TextField[] = [
  {
    setting: 'roleSessionName',
    label: () => t('config.roleSessionName.label', 'Session name'),
    tooltip: () =>
      t('config.roleSessionName.tooltip', 'Shows in the audit log of the account that the role belongs to.'),
  },
  {
    setting: 'stsEndpoint',
    label: () => t('config.stsEndpoint.label', 'STS endpoint'),
    tooltip: () =>
      t(
        'config.stsEndpoint.tooltip',
        'Where sessions come from. Inside a virtual network without internet: https://sts-vpc.cn-hangzhou.aliyuncs.com, with your region.'
      ),
    problem: stsEndpointProblem,
  },
];
