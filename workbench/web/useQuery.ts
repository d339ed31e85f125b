import {
  CoreApp,
  LoadingState,
  rangeUtil,
  type DataFrame,
  type DataSourceApi,
  type TimeRange,
} from '@grafana/data';
import { useEffect, useState } from 'react';
import { lastValueFrom, isObservable } from 'rxjs';

import type { AnyQuery } from './plugin';

/** What came of a query. */
export interface Result {
  state: LoadingState;
  frames: DataFrame[];
  /** What the plugin said when it failed. */
  errors: string[];
  /** The range that was asked, which the chart's axis shows. */
  range: TimeRange;
  /** True when the data source says that there is nothing to ask yet. */
  hidden: boolean;
}

/** One run of a query: a new value runs it again. */
export interface Run {
  query: AnyQuery;
  range: TimeRange;
  /** Most points a series may have: about the width of the chart in pixels, as in Grafana. */
  maxDataPoints: number;
}

/** Runs a query as a panel would, each time `run` or the data source changes. The last answer stays until the next. */
export function useQuery(dataSource: DataSourceApi, run: Run | undefined): Result | undefined {
  const [result, setResult] = useState<Result>();
  useEffect(() => {
    if (!run) {
      return;
    }
    let current = true;
    const show = (patch: Partial<Result>) => {
      if (current) {
        setResult((before) => ({ ...(before ?? empty(run)), range: run.range, ...patch }));
      }
    };
    if (run.query.hide || dataSource.filterQuery?.(run.query) === false) {
      show({ ...empty(run), hidden: true });
      return;
    }
    show({ state: LoadingState.Loading, hidden: false });
    ask(dataSource, run).then(
      (answer) => show({ state: LoadingState.Done, ...answer }),
      (error: unknown) => show({ state: LoadingState.Error, frames: [], errors: [textOf(error)] })
    );
    return () => {
      current = false;
    };
  }, [dataSource, run]);
  return result;
}

function empty(run: Run): Result {
  return { state: LoadingState.Done, frames: [], errors: [], range: run.range, hidden: false };
}

async function ask(dataSource: DataSourceApi, { query, range, maxDataPoints }: Run) {
  const { interval, intervalMs } = rangeUtil.calculateInterval(range, maxDataPoints);
  const answer = dataSource.query({
    requestId: 'workbench',
    app: CoreApp.PanelEditor,
    targets: [query],
    range,
    rangeRaw: range.raw,
    interval,
    intervalMs,
    maxDataPoints,
    scopedVars: {},
    timezone: 'browser',
    startTime: Date.now(),
  });
  const response = await (isObservable(answer) ? lastValueFrom(answer) : answer);
  const errors = response.errors ?? (response.error ? [response.error] : []);
  return { frames: response.data as DataFrame[], errors: errors.map(textOf) };
}

function textOf(error: unknown): string {
  const { message, data } = (error ?? {}) as {
    message?: string;
    data?: { message?: string; error?: string };
  };
  return message ?? data?.message ?? data?.error ?? 'The query failed without saying why';
}
