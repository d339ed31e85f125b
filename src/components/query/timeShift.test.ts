import { shiftProblem } from './timeShift';

it.each(['', '1d', '90m', '7d', '1w2d', '1.5h', '500ms', '1M', '1y', '$shift', '${shift}', '${days}d'])(
  'takes "%s" for a time shift',
  (shift) => {
    expect(shiftProblem(shift)).toBeUndefined();
  }
);

it.each(['d', '1', '1 day', '-1d', '1d ago', 'yesterday', '1D', '1.d'])('refuses "%s"', (shift) => {
  expect(shiftProblem(shift)).toMatch(/Not a duration/);
});
