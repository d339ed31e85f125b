import { CoreApp, type DataFrame, dateTime, LoadingState, type PanelData, toDataFrame } from '@grafana/data';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { type ComponentProps, useState } from 'react';
import type { DataSource } from '../datasource';
import type { CdnQuery } from '../types';
import { QueryEditor } from './QueryEditor';

type Props = ComponentProps<typeof QueryEditor>;

function setup(saved: Partial<CdnQuery> = {}, more: Partial<Props> = {}) {
  const onRunQuery = jest.fn();
  const latest: { query: CdnQuery } = { query: { refId: 'A', ...saved } };
  const datasource = {
    // What the lists are for is tested where they are used.
    getDomains: () => new Promise(() => undefined),
    findDomains: () => new Promise(() => undefined),
    getVariableNames: () => [],
    applyTemplateVariables: (query: CdnQuery) => query,
  } as unknown as DataSource;
  function Host() {
    const [query, setQuery] = useState(latest.query);
    latest.query = query;
    const props = { query, datasource, onRunQuery, onChange: setQuery, ...more };
    return <QueryEditor {...props} />;
  }
  render(<Host />);
  return { user: userEvent.setup(), latest, onRunQuery };
}

describe('the other fields', () => {
  it('show the defaults of a query that lacks them', () => {
    setup({ domainMode: 'all' });
    expect(screen.getByLabelText('One per domain')).toBeChecked();
    expect(screen.getByText('Bits per slice')).toBeInTheDocument();
    expect(screen.getByText('Auto')).toBeInTheDocument();
  });

  it('begin with a rate in a new alert rule, which is saved with the first change', async () => {
    const { user, latest } = setup({}, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText('Bits per second')).toBeInTheDocument();
    await user.click(screen.getByLabelText('All'));
    expect(latest.query).toMatchObject({ domainMode: 'all', unit: 'bitsPerSecond' });
  });

  it('are those of a saved alert rule, whose missing unit means bits', () => {
    setup({ domainMode: 'all' }, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText('Bits per slice')).toBeInTheDocument();
  });

  it('sum up no legend that is empty', () => {
    setup({ domainMode: 'all', gapFill: 'zero', legendFormat: '' });
    expect(screen.getByRole('button', { name: /Options/ })).toHaveTextContent(/^OptionsGaps: Zero$/);
  });

  it('merge the domains and set unit and granularity', async () => {
    const { user, latest } = setup({ domainMode: 'all' });
    await user.click(screen.getByLabelText('Merged'));
    await choose(user, 'Unit', 'Bytes per second');
    await choose(user, 'Granularity', '1 hour');
    expect(latest.query).toMatchObject({ mergeDomains: true, unit: 'bytesPerSecond', granularity: '1h' });
  });

  it('are folded away with their changes summed up, and can be opened by keyboard', async () => {
    const { user, latest } = setup({ domainMode: 'all', gapFill: 'zero', legendFormat: 'flow' });
    const options = screen.getByRole('button', { name: /Options/ });
    expect(options).toHaveTextContent('Gaps: Zero · Legend: flow');
    expect(options).toHaveAttribute('aria-expanded', 'false');
    options.focus();
    await user.keyboard('{Enter}');
    expect(options).toHaveAttribute('aria-expanded', 'true');
    await choose(user, 'Time merge', 'Off');
    await choose(user, 'Provisional', 'Show');
    await choose(user, 'Gaps', 'Null');
    await user.clear(screen.getByLabelText('Legend'));
    await user.type(screen.getByLabelText('Legend'), 'x');
    await user.tab();
    expect(latest.query).toMatchObject({
      timeMerge: 'off',
      provisional: 'show',
      gapFill: 'null',
      legendFormat: 'x',
    });
  });

  it('forget a text that is abandoned with Escape', async () => {
    const { user, latest, onRunQuery } = setup({ domainMode: 'regex', domainPattern: 'a' });
    await user.type(screen.getByLabelText('Pattern'), 'bc{Escape}');
    expect(screen.getByLabelText('Pattern')).toHaveValue('a');
    await user.tab();
    expect(latest.query.domainPattern).toBe('a');
    expect(onRunQuery).not.toHaveBeenCalled();
  });
});

describe('the line below', () => {
  const FINAL = '2026-01-05T12:45:00Z';

  function answer(frames: DataFrame[], to = '2026-01-05T13:00:00Z'): PanelData {
    const range = { from: dateTime('2026-01-05T07:00:00Z'), to: dateTime(to) };
    const request = { startTime: Date.parse('2026-01-05T13:00:00Z'), timezone: 'utc' };
    return {
      state: LoadingState.Done,
      series: frames,
      timeRange: { ...range, raw: range },
      request: request as PanelData['request'],
    };
  }

  function frame({ refId = 'A', calls = 1, interval = 300_000 } = {}): DataFrame {
    const custom = { granularitySeconds: 300, calls, settledUntil: FINAL };
    return toDataFrame({
      refId,
      meta: { custom },
      fields: [
        { name: 'Time', type: 'time', values: [1], config: { interval } },
        { name: 'Value', type: 'number', values: [2] },
      ],
    });
  }

  const PLAN = '5-minute slices, 3 domains, final up to 12:45, 3 API calls';

  it('is not there before the first answer', () => {
    setup({ domainMode: 'all' });
    expect(screen.queryByText(/slices,/)).not.toBeInTheDocument();
  });

  it('tells what the query did, and that the newest data is left out', () => {
    setup({ domainMode: 'all' }, { data: answer([frame(), frame(), frame(), frame({ refId: 'B' })]) });
    expect(screen.getByText(PLAN)).toBeInTheDocument();
    expect(screen.getByText(/newest data is not final yet and left out/)).toBeInTheDocument();
  });

  it('has nothing to say about the newest data where the range ends before it, or where it is shown', () => {
    setup({ domainMode: 'all' }, { data: answer([frame()], FINAL) });
    setup({ domainMode: 'all', provisional: 'show' }, { data: answer([frame()]) });
    expect(screen.getAllByText(/final up to 12:45/)).toHaveLength(2);
    expect(screen.queryByText(/not final yet/)).not.toBeInTheDocument();
  });

  it('tells in an alert rule that the range is moved back, though Grafana drops the rest there', () => {
    const bare = frame();
    delete bare.meta;
    setup({ domainMode: 'all' }, { app: CoreApp.UnifiedAlerting, data: answer([bare]) });
    expect(screen.getByText(/range of a rule is moved back/)).toBeInTheDocument();
    expect(screen.queryByText(/alert rules look at/)).not.toBeInTheDocument();
  });

  it('leaves the word to the error where the query failed', () => {
    setup({ domainMode: 'all' }, { data: { ...answer([frame()]), state: LoadingState.Error } });
    expect(screen.queryByText(/final up to/)).not.toBeInTheDocument();
  });
});

describe('two queries with one legend', () => {
  const other: CdnQuery = { refId: 'A', domainMode: 'all' };
  const query: CdnQuery = { refId: 'B', domainMode: 'all' };

  it('are noticed at the second, which can take its letter into the legend', async () => {
    const { user, latest } = setup(query, { queries: [other, query] });
    expect(screen.getByText(/like those of query A/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Add “(B)” to the legend' }));
    expect(latest.query.legendFormat).toBe('{{domain}} (B)');
    expect(screen.queryByText(/like those of query/)).not.toBeInTheDocument();
  });

  it('are named as they are, not as HTML writes them', async () => {
    const named = ['a/b & <c>', 'd/e & <f>'].map((refId) => ({ ...query, refId, legendFormat: '' }));
    const { user, latest } = setup(named[1], { queries: named });
    expect(screen.getByText(/like those of query a\/b & <c>\.$/)).toBeInTheDocument();
    await user.click(screen.getByRole('button', { name: 'Add “(d/e & <f>)” to the legend' }));
    expect(latest.query.legendFormat).toBe('(d/e & <f>)');
  });

  it.each<[string, CdnQuery[]]>([
    ['comes first', [query, other]],
    ['is alone', [query]],
    ['stands beside a hidden one', [{ ...other, hide: true }, query]],
    ['stands beside one that asks for nothing', [{ refId: 'A' }, query]],
    ['stands beside one with another legend', [{ ...other, legendFormat: 'flow' }, query]],
    ['stands beside one of another data source', [{ ...other, datasource: { type: 'loki' } }, query]],
  ])('are not suspected when the query %s', (_name, queries) => {
    setup(query, { queries });
    expect(screen.getByText('One per domain')).toBeInTheDocument();
    expect(screen.queryByText(/like those of query/)).not.toBeInTheDocument();
  });
});

async function choose(user: ReturnType<typeof userEvent.setup>, field: string, choice: string) {
  await user.click(screen.getByLabelText(field));
  await user.click(await screen.findByText(choice));
}
