import { CoreApp, type QueryEditorProps } from '@grafana/data';
import React from 'react';
import type { DataSource } from '../datasource';
import { metricOf } from '../metrics';
import { beginRule, fitted, withDefaults } from '../query';
import type { CdnQuery, CdnSettings } from '../types';
import { DomainRow } from './query/DomainRow';
import { LegendHint } from './query/LegendHint';
import { MetricField } from './query/MetricField';
import { OptionsRow } from './query/OptionsRow';
import type { PartProps } from './query/part';
import { PlanLine } from './query/PlanLine';
import { SeriesRow } from './query/SeriesRow';
import { StatusRow } from './query/StatusRow';

type Props = QueryEditorProps<DataSource, CdnQuery, CdnSettings>;

/** The query of a panel, of Explore or of an alert rule: what of which domains, drawn how. */
export function QueryEditor(props: Props) {
  const { queries, datasource, data, range, app, onChange, onRunQuery } = props;
  const alerting = app === CoreApp.UnifiedAlerting;
  const query = alerting ? beginRule(props.query) : props.query;
  const filled = withDefaults(query);
  const { queryType } = filled;
  const part: PartProps = {
    id: (field) => `originflow-${query.refId}-${field}`,
    datasource,
    query: filled,
    alerting,
    onChange: (change) => {
      onChange(fitted({ ...query, queryType, ...change }));
      onRunQuery();
    },
  };
  return (
    <>
      <DomainRow {...part}>
        <MetricField {...part} />
      </DomainRow>
      {metricOf(queryType).byCode && <StatusRow {...part} />}
      <SeriesRow {...part} />
      <OptionsRow {...part} />
      {!alerting && <LegendHint {...part} queries={queries as CdnQuery[]} />}
      <PlanLine {...part} data={data} range={range} />
    </>
  );
}
