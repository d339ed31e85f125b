import { t } from '@grafana/i18n';
import { InlineField, Input, RadioButtonGroup, Select } from '@grafana/ui';
import React from 'react';
import { LanguageField } from './LanguageField';
import { LABEL_WIDTH } from './layout';
import { LIMITS, NumberFields } from './NumberFields';
import { delayProblem, endpointProblem } from './problems';
import { DEFAULTS, type Settings } from './settings';

/** What has a default that is right for nearly everyone; the placeholders show it. */
export function Advanced({ settings }: { settings: Settings }) {
  const { saved, set, readOnly } = settings;
  const field = { labelWidth: LABEL_WIDTH, grow: true, disabled: readOnly };
  const badEndpoint = endpointProblem(saved.endpoint);
  const badDelay = delayProblem(saved.dataDelay);
  const flowUnitLabel = t('config.flowUnit2014.label', 'Unit in 2014-11-11');
  return (
    <>
      <InlineField
        {...field}
        label={t('config.endpoint.label', 'Endpoint')}
        tooltip={t(
          'config.endpoint.tooltip',
          'The address of the CDN API. Accounts outside the mainland of China may be nearer to https://cdn.ap-southeast-1.aliyuncs.com.'
        )}
        invalid={badEndpoint !== undefined}
        error={badEndpoint}
      >
        <Input
          id="originflow-endpoint"
          placeholder={DEFAULTS.endpoint}
          value={saved.endpoint ?? ''}
          onChange={(event) => set('endpoint', event.currentTarget.value.trim() || undefined)}
        />
      </InlineField>
      <InlineField
        {...field}
        label={t('config.apiVersion.label', 'API version')}
        tooltip={t(
          'config.apiVersion.tooltip',
          'Auto asks the operation of 2014-11-11 and, once it proves retired, its successor of 2018-05-10.'
        )}
      >
        <Select
          inputId="originflow-apiVersion"
          options={[
            { value: 'auto' as const, label: t('config.apiVersion.auto', 'Auto') },
            {
              value: '2014-11-11' as const,
              label: t('config.apiVersion.v2014', '2014-11-11 (DescribeDomainSrcFlowData)'),
            },
            {
              value: '2018-05-10' as const,
              label: t('config.apiVersion.v2018', '2018-05-10 (DescribeDomainSrcTrafficData)'),
            },
          ]}
          value={saved.apiVersion ?? DEFAULTS.apiVersion}
          onChange={({ value }) => set('apiVersion', value)}
        />
      </InlineField>
      <InlineField
        {...field}
        label={flowUnitLabel}
        tooltip={t(
          'config.flowUnit2014.tooltip',
          'How to read the values of API version 2014-11-11. Its reference says bit; choose byte if its values are 8 times too small against the CDN console.'
        )}
      >
        <RadioButtonGroup
          aria-label={flowUnitLabel}
          options={[
            { value: 'bit' as const, label: t('config.flowUnit2014.bit', 'Bit') },
            { value: 'byte' as const, label: t('config.flowUnit2014.byte', 'Byte') },
          ]}
          value={saved.flowUnit2014 ?? DEFAULTS.flowUnit2014}
          onChange={(value) => set('flowUnit2014', value)}
        />
      </InlineField>
      <InlineField
        {...field}
        label={t('config.dataDelay.label', 'Data delay')}
        tooltip={t(
          'config.dataDelay.tooltip',
          'How long after its end a slice is final. Younger slices are provisional: hidden unless a query shows them.'
        )}
        invalid={badDelay !== undefined}
        error={badDelay}
      >
        <Input
          id="originflow-dataDelay"
          placeholder={DEFAULTS.dataDelay}
          value={saved.dataDelay ?? ''}
          onChange={(event) => set('dataDelay', event.currentTarget.value.trim() || undefined)}
        />
      </InlineField>
      <NumberFields fields={LIMITS} settings={settings} />
      <LanguageField settings={settings} />
    </>
  );
}
