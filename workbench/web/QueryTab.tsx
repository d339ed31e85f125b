import { css } from '@emotion/css';
import { CoreApp, type GrafanaTheme2, type TimeRange } from '@grafana/data';
import { Button, PanelChrome, TimeRangePicker, useStyles2 } from '@grafana/ui';
import React, { useMemo, useRef, useState } from 'react';

import type { AnyQuery, Bench } from './plugin';
import { between, formatEnd, moved, parseRange, QUICK_RANGES, zoomedOut } from './range';
import { Results } from './Results';
import type { BenchState } from './urlState';
import { useQuery } from './useQuery';
import { useWidth } from './useWidth';

interface TabProps {
  bench: Bench;
  state: BenchState;
  onState: (patch: Partial<BenchState>) => void;
}

/** The plugin's query editor with the answer to its query. */
export function QueryTab({ bench: { plugin, dataSource }, state, onState }: TabProps) {
  const styles = useStyles2(getStyles);
  const [ref, width] = useWidth();
  const { from, to, timeZone } = state;
  const query = useMemo(
    () => ({ refId: 'A', ...dataSource.getDefaultQuery?.(CoreApp.PanelEditor), ...state.query }) as AnyQuery,
    [dataSource, state.query]
  );
  // Grafana runs a query when the editor asks for it, not at each letter typed. An editor changes the query and asks in
  // one go, before this component is drawn again, hence the reference.
  const latest = useRef(query);
  const [asked, setAsked] = useState({ query });
  const again = () => setAsked({ query: latest.current });
  // A window that is dragged must not ask anew at each pixel.
  const maxDataPoints = Math.ceil(width / 100) * 100;
  const run = useMemo(
    () =>
      maxDataPoints > 0
        ? { query: asked.query, range: parseRange(from, to, timeZone), maxDataPoints }
        : undefined,
    [asked, from, to, timeZone, maxDataPoints]
  );
  const result = useQuery(dataSource, run);

  const range = run?.range ?? parseRange(from, to, timeZone);
  const onRange = (next: TimeRange) =>
    onState({ from: formatEnd(next.raw.from), to: formatEnd(next.raw.to) });
  const Editor = plugin.components.QueryEditor;
  const title = dataSource.getQueryDisplayText?.(query) || plugin.meta.name;

  return (
    <div className={styles.tab}>
      <div className={styles.toolbar}>
        <TimeRangePicker
          value={range}
          timeZone={timeZone}
          quickRanges={QUICK_RANGES}
          onChange={onRange}
          onChangeTimeZone={(zone) => onState({ timeZone: zone })}
          onMoveBackward={() => onRange(moved(range, -0.5))}
          onMoveForward={() => onRange(moved(range, 0.5))}
          onZoom={() => onRange(zoomedOut(range))}
        />
        <Button variant="secondary" icon="sync" onClick={again}>
          Run query
        </Button>
      </div>
      <div ref={ref} className={styles.results}>
        {width > 0 && (
          <Results
            title={title}
            result={result}
            timeZone={timeZone}
            width={width}
            onZoom={(zoom) => onRange(between(zoom.from, zoom.to))}
          >
            <PanelChrome title="Query">
              {Editor && (
                <Editor
                  datasource={dataSource}
                  query={query}
                  queries={[query]}
                  range={range}
                  data={result && { state: result.state, series: result.frames, timeRange: result.range }}
                  app={CoreApp.PanelEditor}
                  onChange={(next) => {
                    latest.current = next as AnyQuery;
                    onState({ query: { ...next } });
                  }}
                  onRunQuery={again}
                />
              )}
            </PanelChrome>
          </Results>
        )}
      </div>
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  tab: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2) }),
  toolbar: css({ display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1), justifyContent: 'flex-end' }),
  results: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(2), minWidth: 0 }),
});
