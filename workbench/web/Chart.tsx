import type { DataFrame, TimeRange, TimeZone } from '@grafana/data';
import { LegendDisplayMode, TimeSeries, TooltipDisplayMode, TooltipPlugin, ZoomPlugin } from '@grafana/ui';
import React from 'react';

interface ChartProps {
  /** Decorated frames, one or more. */
  frames: DataFrame[];
  range: TimeRange;
  timeZone: TimeZone;
  width: number;
  height: number;
  /** Called with the two times, in milliseconds since 1970, between which the user dragged. */
  onZoom: (range: { from: number; to: number }) => void;
}

/** Grafana's time series chart with tooltip, zoom and legend. */
export function Chart({ frames, range, timeZone, width, height, onZoom }: ChartProps) {
  return (
    <TimeSeries
      frames={frames}
      timeRange={range}
      timeZone={timeZone}
      width={width}
      height={height}
      legend={{ showLegend: true, displayMode: LegendDisplayMode.List, placement: 'bottom', calcs: [] }}
    >
      {(config, aligned) => (
        <>
          <ZoomPlugin config={config} onZoom={onZoom} />
          <TooltipPlugin
            data={aligned}
            frames={frames}
            config={config}
            mode={TooltipDisplayMode.Multi}
            timeZone={timeZone}
          />
        </>
      )}
    </TimeSeries>
  );
}
