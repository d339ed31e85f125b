import { t } from '@grafana/i18n';
import type { Domain } from '../../types';

// Alibaba Cloud's words for its values. A value that is not here, being new, is shown as it is.

const STATUSES: Record<string, () => string> = {
  online: () => t('domain.status.online', 'online'),
  offline: () => t('domain.status.offline', 'offline'),
  configuring: () => t('domain.status.configuring', 'being configured'),
  configure_failed: () => t('domain.status.configureFailed', 'configuration failed'),
  checking: () => t('domain.status.checking', 'in review'),
  check_failed: () => t('domain.status.checkFailed', 'review failed'),
  stopping: () => t('domain.status.stopping', 'being stopped'),
  deleting: () => t('domain.status.deleting', 'being deleted'),
};

const TYPES: Record<string, () => string> = {
  web: () => t('domain.type.web', 'images and small files'),
  download: () => t('domain.type.download', 'large file downloads'),
  video: () => t('domain.type.video', 'audio and video'),
};

const COVERAGES: Record<string, () => string> = {
  domestic: () => t('domain.coverage.domestic', 'Chinese mainland'),
  overseas: () => t('domain.coverage.overseas', 'outside the Chinese mainland'),
  global: () => t('domain.coverage.global', 'global'),
};

export const KNOWN_STATUSES = Object.keys(STATUSES);
export const KNOWN_TYPES = Object.keys(TYPES);

export const statusWord = (status: string) => STATUSES[status]?.() ?? status;
export const typeWord = (type: string) => TYPES[type]?.() ?? type;

/** A domain in a line: its status, type and coverage. */
export function describe({ status, type, coverage }: Domain): string {
  return [statusWord(status), typeWord(type), COVERAGES[coverage]?.() ?? coverage]
    .filter((word) => word !== '')
    .join(' · ');
}

/** The first few names, the others counted: to show which domains match. */
export function nameFew(domains: Domain[]): string {
  const MOST_NAMED = 3;
  const names = domains
    .slice(0, MOST_NAMED)
    .map(({ name }) => name)
    .join(t('domain.separator', ', '));
  const more = domains.length - MOST_NAMED;
  return more > 0
    ? t('domain.few', '{{names}} and {{more}} more', {
        names,
        more,
        interpolation: { escapeValue: false },
      })
    : names;
}
