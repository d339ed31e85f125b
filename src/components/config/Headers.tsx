import { t } from '@grafana/i18n';
import { Button, InlineField, InlineFieldRow, Input } from '@grafana/ui';
import React from 'react';
import { LABEL_WIDTH } from './layout';
import { SecretRow } from './SecretRow';
import { headerCount, type Settings } from './settings';

/**
 * Headers to add to each call, as a gateway may ask for. Their values are secrets that cannot be read back, so they
 * cannot move to another number: only the last header can be removed.
 */
export function Headers({ settings }: { settings: Settings }) {
  const count = headerCount(settings.saved);
  return (
    <>
      {Array.from({ length: count }, (_, index) => (
        <Header key={index} number={index + 1} settings={settings} />
      ))}
      <Button
        size="sm"
        variant="secondary"
        icon="plus"
        disabled={settings.readOnly || (count > 0 && !settings.saved[`httpHeaderName${count}`])}
        onClick={() => settings.set(`httpHeaderName${count + 1}`, '')}
      >
        {t('config.headers.add', 'Add header')}
      </Button>
      {count > 0 && (
        <Button
          size="sm"
          fill="text"
          variant="secondary"
          disabled={settings.readOnly}
          onClick={() => settings.removeHeader(count)}
        >
          {t('config.headers.remove', 'Remove header {{number}}', { number: count })}
        </Button>
      )}
    </>
  );
}

function Header({ number, settings }: { number: number; settings: Settings }) {
  const name = `httpHeaderName${number}` as const;
  return (
    <InlineFieldRow>
      <InlineField
        label={t('config.headers.name', 'Header {{number}}', { number })}
        tooltip={t('config.headers.tooltip', 'The name of a header that is added to each call.')}
        labelWidth={LABEL_WIDTH}
        grow
        disabled={settings.readOnly}
      >
        <Input
          id={`originflow-${name}`}
          value={settings.saved[name] ?? ''}
          onChange={(event) => settings.set(name, event.currentTarget.value.trim())}
        />
      </InlineField>
      <SecretRow
        secret={`httpHeaderValue${number}`}
        label={t('config.headers.value', 'Value {{number}}', { number })}
        tooltip={t('config.headers.valueTooltip', 'Saved encrypted, never shown again.')}
        settings={settings}
      />
    </InlineFieldRow>
  );
}
