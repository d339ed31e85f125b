import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { ClipboardButton, useStyles2 } from '@grafana/ui';
import React from 'react';

/** The least that this plugin needs to be allowed: the operations it calls, those of every metric. */
export const RAM_POLICY = JSON.stringify(
  {
    Version: '1',
    Statement: [
      {
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
      },
    ],
  },
  null,
  2
);

export function RamPolicy() {
  const styles = useStyles2(getStyles);
  return (
    <>
      <p className={styles.text}>
        {t(
          'config.policy.text',
          'Give the RAM user or role this custom policy. Each metric works without the actions of the others, so leave out what you do not need. The system policy AliyunCDNReadOnlyAccess is enough too, but allows more.'
        )}
      </p>
      <pre className={styles.policy}>{RAM_POLICY}</pre>
      <ClipboardButton icon="copy" variant="secondary" size="sm" getText={() => RAM_POLICY}>
        {t('config.policy.copy', 'Copy policy')}
      </ClipboardButton>
    </>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  text: css({ color: theme.colors.text.secondary, marginBottom: theme.spacing(1) }),
  policy: css({ maxWidth: 560 }),
});
