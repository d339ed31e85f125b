import { dateTime, LoadingState, type PanelData, type TimeRange } from '@grafana/data';
import { t } from '@grafana/i18n';
import React from 'react';
import { Hint } from '../shared/Hint';
import type { PartProps } from './part';
import { momentText, planOf, planText } from './plan';

interface Props extends PartProps {
  data?: PanelData;
  range?: TimeRange;
}

/** What the query did, once it has been answered, and what of the newest data it leaves out. */
export function PlanLine({ query, alerting, data, range }: Props) {
  const plan = planOf(data, query.refId);
  const hides = query.provisional === 'hide';
  if (alerting) {
    // Grafana's preview of a rule drops the notes that the plan is read from.
    return hides ? <Hint>{movedBack()}</Hint> : null;
  }
  if (!plan || data?.state === LoadingState.Error) {
    return null;
  }
  const end = dateTime((data?.timeRange ?? range)?.to).valueOf();
  const { startTime: now = end, timezone } = data?.request ?? {};
  const until = momentText(plan.settledUntil, timezone, now);
  // What is shown of an earlier time has long been final.
  const leavesOut = hides && query.timeShift === '' && end > plan.settledUntil;
  return (
    <Hint>
      <span>{planText(plan, query, until)}</span>
      {leavesOut && ' · '}
      {leavesOut && <span>{leftOut()}</span>}
    </Hint>
  );
}

const movedBack = () =>
  t(
    'query.plan.movedBack',
    'Where the newest data is not final yet, the range of a rule is moved back to end where it is.'
  );

const leftOut = () =>
  t(
    'query.plan.leftOut',
    'The newest data is not final yet and left out; alert rules look at the final part.'
  );
