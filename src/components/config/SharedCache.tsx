import { t } from '@grafana/i18n';
import { InlineField, Input } from '@grafana/ui';
import React from 'react';
import { Hint } from '../shared/Hint';
import { authKindOf } from './authKinds';
import { LABEL_WIDTH } from './layout';
import { keyPrefixProblem, sharedCacheURLProblem } from './problems';
import { SecretRow } from './SecretRow';
import { DEFAULTS, type Settings } from './settings';

// An address, the same in every language.
const EXAMPLE = 'redis://redis.example.com:6379';

/** What several Grafanas that use one account may share. */
export function SharedCache({ settings }: { settings: Settings }) {
  const { saved, set, readOnly } = settings;
  const field = { labelWidth: LABEL_WIDTH, grow: true, shrink: true, disabled: readOnly };
  const badURL = sharedCacheURLProblem(saved.sharedCacheURL);
  const badPrefix = keyPrefixProblem(saved.sharedCachePrefix);
  return (
    <>
      <Hint>
        {t(
          'config.sharedCache.hint',
          'For several Grafanas behind a balancer: with the same settings here, what one of them fetches no other fetches again, and all of them together keep to the calls per second.'
        )}
      </Hint>
      {authKindOf(saved.authType ?? DEFAULTS.authType)?.ofServer && (
        <Hint>
          {t(
            'config.sharedCache.ofServer',
            'Who signs in as the Grafana server has no key to seal with, and two servers may be of two accounts: enter a password, and a key prefix of this account alone.'
          )}
        </Hint>
      )}
      <InlineField
        {...field}
        label={t('config.sharedCacheURL.label', 'Redis URL')}
        tooltip={t(
          'config.sharedCacheURL.tooltip',
          'A Redis or Valkey near Grafana, with a user and the number of a database at need: redis://user@host:6379/0. rediss:// is TLS, with the certificates of the connection. Empty shares nothing.'
        )}
        invalid={badURL !== undefined}
        error={badURL}
      >
        <Input
          id="originflow-sharedCacheURL"
          placeholder={EXAMPLE}
          value={saved.sharedCacheURL ?? ''}
          onChange={(event) => set('sharedCacheURL', event.currentTarget.value.trim() || undefined)}
        />
      </InlineField>
      <SecretRow
        secret="sharedCachePassword"
        label={t('config.sharedCachePassword.label', 'Redis password')}
        tooltip={t(
          'config.sharedCachePassword.tooltip',
          'The password of the Redis user. What is shared is sealed with it and with the keys of the account. Saved encrypted, never shown again.'
        )}
        settings={settings}
      />
      <InlineField
        {...field}
        label={t('config.sharedCachePrefix.label', 'Key prefix')}
        tooltip={t(
          'config.sharedCachePrefix.tooltip',
          'What the names of all keys begin with, as an ACL of Redis may ask for.'
        )}
        invalid={badPrefix !== undefined}
        error={badPrefix}
      >
        <Input
          id="originflow-sharedCachePrefix"
          placeholder={DEFAULTS.sharedCachePrefix}
          value={saved.sharedCachePrefix ?? ''}
          onChange={(event) => set('sharedCachePrefix', event.currentTarget.value.trim() || undefined)}
        />
      </InlineField>
    </>
  );
}
