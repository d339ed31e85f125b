import { t } from '@grafana/i18n';
import { InlineField, RadioButtonGroup } from '@grafana/ui';
import React, { useEffect } from 'react';
import { backendLanguage } from '../../texts';
import type { Language } from '../../types';
import { LABEL_WIDTH } from './layout';
import { DEFAULTS, type Settings } from './settings';

/** Each by its own name, for those who read no other. */
const LANGUAGES: Array<{ value: Language; label: string }> = [
  { value: 'en-US', label: 'English' },
  { value: 'zh-Hans', label: '简体中文' },
];

/** The language of what the backend writes. Alert rules have it too, so it is the data source's and not the reader's. */
export function LanguageField({ settings: { saved, set, readOnly } }: { settings: Settings }) {
  const label = t('config.language.label', 'Language of messages');
  return (
    <InlineField
      labelWidth={LABEL_WIDTH}
      grow
      disabled={readOnly}
      label={label}
      tooltip={t(
        'config.language.tooltip',
        'In which language errors, notices and the result of Save & test are written, for everybody who uses this data source.'
      )}
    >
      <RadioButtonGroup
        aria-label={label}
        options={LANGUAGES}
        value={saved.language ?? DEFAULTS.language}
        onChange={(value) => set('language', value)}
      />
    </InlineField>
  );
}

/** Gives a data source that has no language yet the one of whoever sets it up. */
export function useLanguage({ saved, set, readOnly }: Settings) {
  useEffect(() => {
    if (!saved.language && !readOnly) {
      set('language', backendLanguage());
    }
  });
}
