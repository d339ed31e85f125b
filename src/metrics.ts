import { t } from '@grafana/i18n';
import type { Metric, Unit } from './types';
import { UNITS } from './units';

/** What there is to know about a metric; nothing else in the code knows one from another. */
export interface MetricRow {
  label: () => string;
  /** One sentence. */
  description: () => string;
  /** The first is what a missing unit means. */
  units: Unit[];
  /** A series per HTTP status class or code, not one. */
  byCode?: true;
}

const FLOW: Unit[] = ['bits', 'bytes', 'bitsPerSecond', 'bytesPerSecond'];
const REQUESTS: Unit[] = ['count', 'perSecond'];
const STATUS: Unit[] = [...REQUESTS, 'percent'];
const RATIO: Unit[] = ['percent'];

/** Every metric, in the order in which they are offered. */
export const METRICS: Record<Metric, MetricRow> = {
  originFlow: {
    label: () => t('metric.originFlow.label', 'Origin flow'),
    description: () => t('metric.originFlow.description', 'What the CDN pulls from your origin.'),
    units: FLOW,
  },
  edgeFlow: {
    label: () => t('metric.edgeFlow.label', 'Edge flow'),
    description: () => t('metric.edgeFlow.description', 'What the CDN delivers to visitors.'),
    units: FLOW,
  },
  originRequests: {
    label: () => t('metric.originRequests.label', 'Origin requests'),
    description: () => t('metric.originRequests.description', 'What the CDN asks of your origin.'),
    units: REQUESTS,
  },
  edgeRequests: {
    label: () => t('metric.edgeRequests.label', 'Edge requests'),
    description: () => t('metric.edgeRequests.description', 'What visitors ask of the CDN.'),
    units: REQUESTS,
  },
  originStatus: {
    label: () => t('metric.originStatus.label', 'Origin status codes'),
    description: () => t('metric.originStatus.description', 'How your origin answers the CDN.'),
    units: STATUS,
    byCode: true,
  },
  edgeStatus: {
    label: () => t('metric.edgeStatus.label', 'Edge status codes'),
    description: () => t('metric.edgeStatus.description', 'How the CDN answers visitors.'),
    units: STATUS,
    byCode: true,
  },
  hitRatio: {
    label: () => t('metric.hitRatio.label', 'Hit ratio (bytes)'),
    description: () => t('metric.hitRatio.description', 'Share of edge flow from the cache.'),
    units: RATIO,
  },
  requestHitRatio: {
    label: () => t('metric.requestHitRatio.label', 'Hit ratio (requests)'),
    description: () => t('metric.requestHitRatio.description', 'Share of requests from the cache.'),
    units: RATIO,
  },
  originShare: {
    label: () => t('metric.originShare.label', 'Origin share'),
    description: () => t('metric.originShare.description', 'Origin flow ÷ edge flow.'),
    units: RATIO,
  },
};

export const isKnown = (id: string) => Object.hasOwn(METRICS, id);

/** The row of a metric. One that is not known, being newer or misspelt, is shown by its id and left to the backend. */
export function metricOf(id: Metric): MetricRow {
  return isKnown(id) ? METRICS[id] : { label: () => id, description: () => '', units: [] };
}

/** The unit of a metric that comes nearest to one used before: the same, else one of its kind, else the first. */
export function nearestUnit(from: Unit, metric: Metric): Unit {
  const { units } = metricOf(metric);
  return units.includes(from) ? from : (ofKind(units, UNITS[from]?.kind) ?? units[0]);
}

/** The unit whose values do not depend on the length of a slice: a rate where the metric has one. */
export function steadyUnit(metric: Metric): Unit {
  const { units } = metricOf(metric);
  return ofKind(units, 'rate') ?? units[0];
}

const ofKind = (units: Unit[], kind?: string) => units.find((unit) => UNITS[unit].kind === kind);
