import { t } from '@grafana/i18n';
import { Button } from '@grafana/ui';
import React from 'react';
import { asksForSomething, withDefaults } from '../../query';
import type { CdnQuery } from '../../types';
import { Hint } from '../shared/Hint';
import { settledLegend } from './legend';
import type { PartProps } from './part';

/** Says when another query of the panel gives its series the same names, which the legend cannot tell apart. */
export function LegendHint({ query, queries = [], onChange }: PartProps & { queries?: CdnQuery[] }) {
  const { refId, legendFormat } = query;
  const twin = earlierTwin(query, queries);
  if (!twin) {
    return null;
  }
  // Of another metric, that says more than a letter.
  const addition = withDefaults(twin).queryType === query.queryType ? `(${refId})` : '{{metric}}';
  return (
    <Hint>
      <span>
        {t('query.legendTwin.text', 'The legend names these series like those of query {{twin}}.', {
          twin: twin.refId,
          interpolation: { escapeValue: false },
        })}
      </span>
      <Button
        size="sm"
        fill="text"
        onClick={() => onChange({ legendFormat: `${legendFormat} ${addition}`.trim() })}
      >
        {t('query.legendTwin.add', 'Add “{{addition}}” to the legend', {
          addition,
          interpolation: { escapeValue: false },
        })}
      </Button>
    </Hint>
  );
}

/** A shown query above this one whose series are named alike. */
function earlierTwin(query: PartProps['query'], queries: CdnQuery[]): CdnQuery | undefined {
  if (!asksForSomething(query)) {
    return undefined;
  }
  const place = queries.findIndex(({ refId }) => refId === query.refId);
  return queries.slice(0, Math.max(place, 0)).find(
    (other) =>
      // A panel may mix data sources, whose queries have other fields.
      other.datasource?.type === query.datasource?.type &&
      !other.hide &&
      asksForSomething(other) &&
      settledLegend(withDefaults(other)) === settledLegend(query)
  );
}
