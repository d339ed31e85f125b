import {
  FieldColorModeId,
  FieldType,
  getDisplayProcessor,
  getFieldDisplayName,
  outerJoinDataFrames,
  type DataFrame,
  type GrafanaTheme2,
  type QueryResultMetaNotice,
  type TimeZone,
} from '@grafana/data';

/** How a panel of Grafana draws lines unless it is told otherwise. */
const LINE = {
  drawStyle: 'line',
  lineInterpolation: 'linear',
  lineWidth: 1.5,
  fillOpacity: 12,
  gradientMode: 'opacity',
  showPoints: 'auto',
  pointSize: 4,
  spanNulls: false,
  axisPlacement: 'auto',
  scaleDistribution: { type: 'linear' },
  thresholdsStyle: { mode: 'off' },
  hideFrom: { legend: false, tooltip: false, viz: false },
};

/**
 * Prepares frames for Grafana's chart and table as a panel without any options does: name, colour and format of each
 * field come from the field itself.
 */
export function decorate(frames: DataFrame[], theme: GrafanaTheme2, timeZone: TimeZone): DataFrame[] {
  let seriesIndex = 0;
  return frames.map((frame) => ({
    ...frame,
    fields: frame.fields.map((original) => {
      const isSeries = original.type === FieldType.number;
      const field = {
        ...original,
        config: {
          ...original.config,
          ...(isSeries && { color: { mode: FieldColorModeId.PaletteClassic }, custom: LINE }),
        },
        state: {
          displayName: getFieldDisplayName(original, frame, frames),
          ...(isSeries && { seriesIndex: seriesIndex++ }),
        },
      };
      return { ...field, display: getDisplayProcessor({ field, theme, timeZone }) };
    }),
  }));
}

/** One frame with one column per series. Undefined when there is nothing. */
export function joined(frames: DataFrame[], theme: GrafanaTheme2, timeZone: TimeZone): DataFrame | undefined {
  const wide = frames.length > 1 ? outerJoinDataFrames({ frames }) : frames[0];
  if (!wide) {
    return undefined;
  }
  // A join names its columns after their series, which the names found before say better.
  const fields = wide.fields.map((field) => ({
    ...field,
    display: getDisplayProcessor({ field, theme, timeZone }),
  }));
  return { ...wide, fields };
}

/** What the plugin wants said about the answer, each thing once. */
export function noticesOf(frames: DataFrame[]): QueryResultMetaNotice[] {
  const notices = frames.flatMap((frame) => frame.meta?.notices ?? []);
  return notices.filter((notice, i) => notices.findIndex(({ text }) => text === notice.text) === i);
}

/** The calls that were made for the answer, one a line, each once. */
export function callsOf(frames: DataFrame[]): string[] {
  const lines = frames.flatMap((frame) => frame.meta?.executedQueryString?.split('\n') ?? []);
  return [...new Set(lines.filter(Boolean))];
}

/** Name and `meta.custom` of each frame. */
export function factsOf(frames: DataFrame[]): Array<{ name: string; facts: Record<string, unknown> }> {
  return frames
    .filter((frame) => frame.meta?.custom)
    .map((frame) => ({
      name: frame.fields.map((field) => field.state?.displayName).at(-1) ?? frame.name ?? '',
      facts: { ...frame.meta?.custom },
    }));
}
