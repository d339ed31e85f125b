import type { QueryEditorProps } from '@grafana/data';
import React from 'react';
import type { DataSource } from '../datasource';
import { DEFAULT_QUERY, withDefaults } from '../query';
import type { OriginFlowQuery, OriginFlowSettings } from '../types';
import { DomainChoice } from './query/DomainChoice';
import { OptionsRow } from './query/OptionsRow';
import type { PartProps } from './query/part';
import { SeriesRow } from './query/SeriesRow';

type Props = QueryEditorProps<DataSource, OriginFlowQuery, OriginFlowSettings>;

/** The query of a panel, of Explore or of an alert rule: which domains, drawn how. */
export function QueryEditor({ query, datasource, onChange, onRunQuery }: Props) {
  const part: PartProps = {
    id: (field) => `originflow-${query.refId}-${field}`,
    query: withDefaults(query),
    onChange: (change) => {
      onChange({ ...query, queryType: DEFAULT_QUERY.queryType, ...change });
      onRunQuery();
    },
  };
  return (
    <>
      <DomainChoice {...part} datasource={datasource} />
      <SeriesRow {...part} />
      <OptionsRow {...part} />
    </>
  );
}
