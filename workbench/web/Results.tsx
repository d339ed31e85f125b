import { css } from '@emotion/css';
import { LoadingState, type GrafanaTheme2, type TimeZone } from '@grafana/data';
import { Alert, PanelChrome, Table, useStyles2, useTheme2 } from '@grafana/ui';
import React, { useMemo } from 'react';

import { Chart } from './Chart';
import { decorate, joined, noticesOf } from './frames';
import { Inspector } from './Inspector';
import type { Result } from './useQuery';

const CHART_HEIGHT = 340;
const TABLE_HEIGHT = 300;

interface ResultsProps {
  /** Title of the chart. */
  title: string;
  result: Result | undefined;
  timeZone: TimeZone;
  /** Width of the panels in pixels. */
  width: number;
  onZoom: (range: { from: number; to: number }) => void;
  /** The query editor, which stands between the chart and the table as it does in Grafana. */
  children: React.ReactNode;
}

/** The answer to a query: chart, what went wrong, table and inspector. */
export function Results({ title, result, timeZone, width, onZoom, children }: ResultsProps) {
  const theme = useTheme2();
  const styles = useStyles2(getStyles);
  const received = result?.frames;
  const frames = useMemo(() => decorate(received ?? [], theme, timeZone), [received, theme, timeZone]);
  const table = useMemo(() => joined(frames, theme, timeZone), [frames, theme, timeZone]);
  const hasPoints = frames.some((frame) => frame.length > 0);
  return (
    <>
      <PanelChrome title={title} width={width} height={CHART_HEIGHT} loadingState={result?.state}>
        {(innerWidth, innerHeight) =>
          result && hasPoints ? (
            <Chart
              frames={frames}
              range={result.range}
              timeZone={timeZone}
              width={innerWidth}
              height={innerHeight}
              onZoom={onZoom}
            />
          ) : (
            <p className={styles.empty}>{emptyText(result)}</p>
          )
        }
      </PanelChrome>
      {result?.errors.map((text) => (
        <Alert key={text} title={text} severity="error" className={styles.alert} />
      ))}
      {noticesOf(frames).map(({ text, severity }) => (
        <Alert key={text} title={text} severity={severity} className={styles.alert} />
      ))}
      {children}
      {table && (
        <PanelChrome title="Table" width={width} height={TABLE_HEIGHT} padding="none">
          {(innerWidth, innerHeight) => (
            <Table
              ariaLabel="Table of values"
              data={table}
              width={innerWidth}
              height={innerHeight}
              initialSortBy={[{ displayName: 'Time', desc: true }]}
            />
          )}
        </PanelChrome>
      )}
      {frames.length > 0 && (
        <PanelChrome title="Query inspector">
          <Inspector frames={frames} />
        </PanelChrome>
      )}
    </>
  );
}

/** Why there is no chart. */
function emptyText(result: Result | undefined): string {
  if (!result || result.state === LoadingState.Loading) {
    return '';
  }
  if (result.hidden) {
    return 'Nothing is asked yet: the query names no domain.';
  }
  return result.errors.length > 0 ? 'The query failed.' : 'No data in this range.';
}

const getStyles = (theme: GrafanaTheme2) => ({
  empty: css({
    display: 'flex',
    height: '100%',
    alignItems: 'center',
    justifyContent: 'center',
    color: theme.colors.text.secondary,
    textAlign: 'center',
  }),
  alert: css({ margin: 0, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }),
});
