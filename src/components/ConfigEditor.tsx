import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { t } from '@grafana/i18n';
import { useStyles2 } from '@grafana/ui';
import React from 'react';
import { Advanced } from './config/Advanced';
import { Connection } from './config/Connection';
import { useLanguage } from './config/LanguageField';
import { FORM_WIDTH } from './config/layout';
import { RamPolicy } from './config/RamPolicy';
import { type EditorProps, settingsOf } from './config/settings';
import { SharedCache } from './config/SharedCache';
import { SignIn } from './config/SignIn';
import { Disclosure } from './shared/Disclosure';

/** The settings of a data source: how to sign in first, everything else folded away. */
export function ConfigEditor(props: EditorProps) {
  const styles = useStyles2(getStyles);
  const settings = settingsOf(props);
  useLanguage(settings);
  const { authType } = settings.saved;
  return (
    <div className={styles.sections}>
      <SignIn settings={settings} />
      {authType !== 'demo' && (
        <Disclosure
          title={t('config.policy.title', 'Permissions')}
          summary={t('config.policy.summary', 'the least RAM policy, to copy')}
        >
          <RamPolicy />
        </Disclosure>
      )}
      <Disclosure
        title={t('config.advanced.title', 'Advanced settings')}
        summary={t('config.advanced.summary', 'endpoint, API version, data delay, limits, language')}
      >
        <Advanced settings={settings} />
      </Disclosure>
      <Disclosure
        title={t('config.sharedCache.title', 'Shared cache')}
        summary={t('config.sharedCache.summary', 'Redis, for several Grafanas')}
      >
        <SharedCache settings={settings} />
      </Disclosure>
      {authType !== 'demo' && (
        <Disclosure
          title={t('config.connection.title', 'Connection')}
          summary={t('config.connection.summary', 'proxy, TLS, headers')}
        >
          <Connection settings={settings} />
        </Disclosure>
      )}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  sections: css({
    maxWidth: FORM_WIDTH,
    marginBottom: theme.spacing(4),
    '& > * + *': { marginTop: theme.spacing(1) },
  }),
});
