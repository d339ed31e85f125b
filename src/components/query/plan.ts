import { type DataFrame, dateTimeFormat, FieldType, type PanelData } from '@grafana/data';
import { t } from '@grafana/i18n';
import { metricOf } from '../../metrics';
import type { FrameMeta, QueryFields } from '../../types';

/** What a query did, as its answer tells. */
export interface Plan {
  /** Length of the slices drawn. Undefined where nothing is. */
  step?: number;
  /** Length of the API's slices behind them, in seconds like the step. */
  source: number;
  /** Series drawn. */
  series: number;
  calls: number;
  /** The end of the newest final slice, in milliseconds. */
  settledUntil: number;
}

/** Undefined until the query has been answered. */
export function planOf(data: PanelData | undefined, refId: string): Plan | undefined {
  const frames = (data?.series ?? []).filter((frame) => frame.refId === refId);
  const metas = frames.map(metaOf).filter((meta) => meta !== undefined);
  const settledUntil = Date.parse(metas[0]?.settledUntil ?? '');
  if (Number.isNaN(settledUntil)) {
    return undefined;
  }
  const drawn = frames.filter(({ length }) => length > 0);
  const interval = drawn[0]?.fields.find(({ type }) => type === FieldType.time)?.config.interval;
  return {
    step: interval ? interval / 1000 : undefined,
    source: metas[0].granularitySeconds,
    series: drawn.length,
    calls: metas.reduce((sum, { calls }) => sum + calls, 0),
    settledUntil,
  };
}

function metaOf({ meta }: DataFrame): FrameMeta | undefined {
  return meta?.custom?.settledUntil ? (meta.custom as FrameMeta) : undefined;
}

/** The plan as a sentence such as "5-minute slices, 3 domains, final up to 12:45, 3 API calls". */
export function planText(plan: Plan, query: QueryFields, until: string): string {
  return [
    stepText(plan),
    seriesText(plan.series, query),
    t('query.plan.final', 'final up to {{until}}', { until }),
    plan.calls === 0
      ? t('query.plan.cached', 'all from the cache')
      : t('query.plan.calls', '{{count}} API calls', {
          count: plan.calls,
          defaultValue_one: '{{count}} API call',
        }),
  ].join(t('query.plan.separator', ', '));
}

function stepText({ step, source }: Plan): string {
  const slices = sliceText(step ?? source);
  return step === undefined || step === source
    ? slices
    : t('query.plan.rolledUp', '{{slices}} (from {{source}})', { slices, source: sliceText(source) });
}

function sliceText(seconds: number): string {
  const minutes = seconds / 60;
  if (minutes % (24 * 60) === 0) {
    return t('query.plan.days', '{{length}}-day slices', { length: minutes / (24 * 60) });
  }
  return minutes % 60 === 0
    ? t('query.plan.hours', '{{length}}-hour slices', { length: minutes / 60 })
    : t('query.plan.minutes', '{{length}}-minute slices', { length: minutes });
}

function seriesText(count: number, { queryType, mergeDomains }: QueryFields): string {
  if (count === 0) {
    return t('query.plan.nothing', 'no data');
  }
  if (metricOf(queryType).byCode) {
    // Domains have several series each, or share them.
    return t('query.plan.series', '{{count}} series', { count, defaultValue_one: '{{count}} series' });
  }
  return mergeDomains
    ? t('query.plan.merged', 'one merged series')
    : t('query.plan.domains', '{{count}} domains', { count, defaultValue_one: '{{count}} domain' });
}

/** A moment in the dashboard's time zone, with its day where that is not today's. */
export function momentText(moment: number, timeZone: string | undefined, now: number): string {
  const day = (time: number) => dateTimeFormat(time, { timeZone, format: 'YYYY-MM-DD' });
  const format = day(moment) === day(now) ? 'HH:mm' : 'YYYY-MM-DD HH:mm';
  return dateTimeFormat(moment, { timeZone, format });
}
