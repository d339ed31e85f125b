import { css } from '@emotion/css';
import type { DataFrame, GrafanaTheme2 } from '@grafana/data';
import { useStyles2 } from '@grafana/ui';
import React from 'react';

import { callsOf, factsOf } from './frames';

/** What Grafana's query inspector would tell: the calls made and the facts about each series. */
export function Inspector({ frames }: { frames: DataFrame[] }) {
  const styles = useStyles2(getStyles);
  const calls = callsOf(frames);
  const series = factsOf(frames);
  const keys = [...new Set(series.flatMap(({ facts }) => Object.keys(facts)))];
  return (
    <div className={styles.body}>
      <h3 className={styles.heading}>Calls made</h3>
      {calls.length > 0 ? (
        <pre className={styles.calls} aria-label="Calls made">
          {calls.join('\n')}
        </pre>
      ) : (
        <p className={styles.none}>None.</p>
      )}
      {series.length > 0 && (
        <>
          <h3 className={styles.heading}>About the series</h3>
          <div className={styles.scroll}>
            <table className={styles.table}>
              <thead>
                <tr>
                  <th scope="col">Series</th>
                  {keys.map((key) => (
                    <th scope="col" key={key}>
                      {key}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {series.map(({ name, facts }, row) => (
                  <tr key={row}>
                    <th scope="row">{name}</th>
                    {keys.map((key) => (
                      <td key={key}>{textOf(facts[key])}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(textOf).join('\n');
  }
  return value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value ?? '');
}

const getStyles = (theme: GrafanaTheme2) => ({
  body: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), minWidth: 0 }),
  heading: css({ ...theme.typography.h6, margin: 0 }),
  none: css({ color: theme.colors.text.secondary, margin: 0 }),
  calls: css({
    margin: 0,
    maxHeight: 220,
    overflow: 'auto',
    fontSize: theme.typography.bodySmall.fontSize,
    whiteSpace: 'pre-wrap',
    overflowWrap: 'anywhere',
  }),
  scroll: css({ overflowX: 'auto' }),
  table: css({
    width: '100%',
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': {
      padding: theme.spacing(0.75, 1.5, 0.75, 0),
      textAlign: 'left',
      verticalAlign: 'top',
      whiteSpace: 'pre',
      borderBottom: `1px solid ${theme.colors.border.weak}`,
    },
    'thead th': { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular },
    'tbody th': { fontWeight: theme.typography.fontWeightMedium },
    td: { fontFamily: theme.typography.fontFamilyMonospace },
  }),
});
