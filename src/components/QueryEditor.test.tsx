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

describe('the metric', () => {
  it('comes first, and is origin flow where none is saved', async () => {
    const { user } = setup({ domainMode: 'all' });
    expect(screen.getByText('Origin flow')).toBeInTheDocument();
    await user.tab();
    expect(screen.getByLabelText('Metric')).toHaveFocus();
  });

  it('takes the unit along to its nearest', async () => {
    const { user, latest } = setup({ domainMode: 'all', unit: 'bytesPerSecond' });
    await choose(user, 'Metric', 'Edge requests');
    expect(latest.query).toMatchObject({ queryType: 'edgeRequests', unit: 'perSecond' });
    expect(screen.getByText('Requests per second')).toBeInTheDocument();
    await choose(user, 'Metric', 'Hit ratio (bytes)');
    expect(latest.query).toMatchObject({ queryType: 'hitRatio', unit: 'percent' });
    await choose(user, 'Metric', 'Edge flow');
    expect(latest.query).toMatchObject({ queryType: 'edgeFlow', unit: 'bits' });
  });

  it('offers the units that it has', async () => {
    const { user } = setup({ domainMode: 'all', queryType: 'originStatus' });
    await user.click(screen.getByLabelText('Unit'));
    const offered = await screen.findAllByRole('option');
    expect(offered.map(({ textContent }) => textContent)).toEqual([
      expect.stringMatching(/^Requests per slice/),
      expect.stringMatching(/^Requests per second/),
      expect.stringMatching(/^Percent/),
    ]);
  });

  it('leaves behind what the next one does not have', async () => {
    const { user, latest } = setup({
      domainMode: 'all',
      queryType: 'edgeStatus',
      statusBy: 'code',
      statusCodes: ['5xx'],
      topN: 5,
    });
    await choose(user, 'Metric', 'Origin status codes');
    expect(latest.query).toMatchObject({ queryType: 'originStatus', statusBy: 'code', statusCodes: ['5xx'] });
    await choose(user, 'Metric', 'Origin share');
    expect(latest.query).toEqual({
      refId: 'A',
      domainMode: 'all',
      queryType: 'originShare',
      unit: 'percent',
      topN: 5,
    });
    expect(screen.queryByLabelText('Codes')).not.toBeInTheDocument();
  });

  it('is shown as it is, with all that belongs to it, where it is not known', async () => {
    const saved = { queryType: 'tomorrow', unit: 'furlongs', statusCodes: ['5xx'], domainMode: 'all' };
    const { user, latest } = setup(saved as Partial<CdnQuery>);
    expect(screen.getByText('tomorrow')).toBeInTheDocument();
    expect(screen.getByText('furlongs')).toBeInTheDocument();
    await user.click(screen.getByLabelText('Merged'));
    expect(latest.query).toEqual({ refId: 'A', ...saved, mergeDomains: true });
  });

  it('is drawn in a new alert rule as in one that Grafana began with an empty type', () => {
    setup({ queryType: '' as CdnQuery['queryType'] }, { app: CoreApp.UnifiedAlerting });
    expect(screen.getByText('Origin flow')).toBeInTheDocument();
    expect(screen.getByText('Bits per second')).toBeInTheDocument();
  });
});

describe('a metric of status codes', () => {
  const STATUS: Partial<CdnQuery> = { domainMode: 'all', queryType: 'edgeStatus' };

  it('has a series per class or per code', async () => {
    const { user, latest } = setup(STATUS);
    expect(screen.getByLabelText('Class')).toBeChecked();
    await user.click(screen.getByLabelText('Code'));
    expect(latest.query.statusBy).toBe('code');
  });

  it('keeps the codes that are chosen or typed', async () => {
    const { user, latest } = setup({ ...STATUS, statusCodes: ['200'] });
    await choose(user, 'Codes', '5xx');
    await user.type(screen.getByLabelText('Codes'), '418{Enter}');
    await user.type(screen.getByLabelText('Codes'), '4XX,$codes,418{Enter}');
    expect(latest.query.statusCodes).toEqual(['200', '5xx', '418', '4xx', '$codes']);
  });

  it('says which texts are no codes, and takes the others', async () => {
    const { user, latest } = setup(STATUS);
    await user.type(screen.getByLabelText('Codes'), 'abc 404 6xx{Enter}');
    expect(latest.query.statusCodes).toEqual(['404']);
    expect(screen.getByText(/Neither a class.*: abc, 6xx$/)).toBeInTheDocument();
    await choose(user, 'Codes', '5xx');
    expect(screen.queryByText(/Neither a class/)).not.toBeInTheDocument();
  });

  it('does not run a query for texts that are no codes', async () => {
    const { user, onRunQuery } = setup(STATUS);
    await user.type(screen.getByLabelText('Codes'), 'abc{Enter}');
    expect(screen.getByText(/: abc$/)).toBeInTheDocument();
    expect(onRunQuery).not.toHaveBeenCalled();
  });
});

describe('the options', () => {
  const open = (user: ReturnType<typeof userEvent.setup>) =>
    user.click(screen.getByRole('button', { name: /Options/ }));

  it('shift the time by what is chosen or typed', async () => {
    const { user, latest } = setup({ domainMode: 'all' });
    await open(user);
    await choose(user, 'Time shift', '7d');
    expect(latest.query.timeShift).toBe('7d');
    await user.type(screen.getByLabelText('Time shift'), '90m{Enter}');
    expect(latest.query.timeShift).toBe('90m');
    await choose(user, 'Time shift', 'None');
    expect(latest.query.timeShift).toBe('');
  });

  it('say that a time shift is no duration', async () => {
    const { user } = setup({ domainMode: 'all', timeShift: 'yesterday' });
    await open(user);
    expect(screen.getByText(/Not a duration/)).toBeInTheDocument();
  });

  it('are summed up as far as they are set', () => {
    setup({ domainMode: 'all', timeShift: '$shift', gapFill: 'zero' });
    expect(screen.getByRole('button', { name: /Options/ })).toHaveTextContent(
      /^OptionsTime shift: \$shift · Gaps: Zero$/
    );
  });
});

describe('the largest', () => {
  it('are kept, a whole number of them', async () => {
    const { user, latest } = setup({ domainMode: 'all' });
    await user.type(screen.getByLabelText('Top'), '5.7{Enter}');
    expect(latest.query.topN).toBe(5);
    await user.clear(screen.getByLabelText('Top'));
    await user.tab();
    expect(latest.query.topN).toBe(0);
    await user.type(screen.getByLabelText('Top'), '-3{Enter}');
    expect(latest.query.topN).toBe(0);
  });

  it('are those of another metric, as long as there are some', async () => {
    const { user, latest } = setup({ domainMode: 'all', queryType: 'hitRatio', topN: 5 });
    await choose(user, 'by', 'Edge flow');
    expect(latest.query).toMatchObject({ topN: 5, topBy: 'edgeFlow' });
    await user.clear(screen.getByLabelText('Top'));
    await user.tab();
    expect(latest.query).not.toHaveProperty('topBy');
    expect(screen.queryByLabelText('by')).not.toBeInTheDocument();
  });

  it('are none of merged domains', async () => {
    const { user, latest } = setup({ domainMode: 'all', topN: 5, topBy: 'edgeFlow' });
    await user.click(screen.getByLabelText('Merged'));
    expect(screen.queryByLabelText('Top')).not.toBeInTheDocument();
    expect(latest.query).not.toHaveProperty('topN');
    expect(latest.query).not.toHaveProperty('topBy');
  });
});

describe('a filter by name', () => {
  it('is there for all domains, and wherever one is set', async () => {
    const { user, latest } = setup({ domainMode: 'all' });
    await user.type(screen.getByLabelText('Filter'), '^img{Enter}');
    expect(latest.query).toMatchObject({ domainMode: 'all', domainFilter: '^img' });
    await user.click(screen.getByLabelText('List'));
    expect(screen.getByLabelText('Filter')).toHaveValue('^img');
  });

  it('is not there for a list that has none', () => {
    setup({ domains: ['img.example.com'] });
    expect(screen.queryByLabelText('Filter')).not.toBeInTheDocument();
  });
});

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

  it('counts series where a domain has several', () => {
    setup({ domainMode: 'all', queryType: 'edgeStatus' }, { data: answer([frame(), frame()]) });
    expect(screen.getByText(/^5-minute slices, 2 series, final/)).toBeInTheDocument();
  });

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

  it('has nothing to say about the newest data where the range ends before it, where it is shown, or in an earlier time', () => {
    setup({ domainMode: 'all' }, { data: answer([frame()], FINAL) });
    setup({ domainMode: 'all', provisional: 'show' }, { data: answer([frame()]) });
    setup({ domainMode: 'all', timeShift: '1d' }, { data: answer([frame()]) });
    expect(screen.getAllByText(/final up to 12:45/)).toHaveLength(3);
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

  it('of two metrics are told apart by the name of the metric', async () => {
    const shares = { ...query, queryType: 'originShare' } as const;
    const { user, latest } = setup(shares, { queries: [other, shares] });
    await user.click(screen.getByRole('button', { name: 'Add “{{metric}}” to the legend' }));
    expect(latest.query.legendFormat).toBe('{{domain}} {{metric}}');
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
    ['stands beside one of another time', [{ ...other, timeShift: '1d' }, query]],
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
