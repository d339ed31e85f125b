import { delayProblem, endpointProblem, numberProblem } from './problems';

it.each([
  undefined,
  '',
  'https://cdn.aliyuncs.com',
  'http://127.0.0.1:8080',
  'http://localhost',
  'http://[::1]:1',
])('accepts the endpoint %s', (endpoint) => expect(endpointProblem(endpoint)).toBeUndefined());

it.each(['cdn.aliyuncs.com', 'http://cdn.aliyuncs.com', 'ftp://localhost', 'http://127.0.0.1.example.com'])(
  'refuses the endpoint %s',
  (endpoint) => expect(endpointProblem(endpoint)).toBeDefined()
);

it.each([undefined, '', '15m', '1h30m', '90s', '0.5h', '0s', '24h', '23h60m', '86400s'])(
  'accepts the duration %s',
  (duration) => expect(delayProblem(duration)).toBeUndefined()
);

it.each(['15', 'm', '-15m', '15 m', 'soon', '24h1s', '86401s', '25h', '1441m'])(
  'refuses the duration %s',
  (duration) => expect(delayProblem(duration)).toBeDefined()
);

it('accepts whole numbers within the bounds, and none at all', () => {
  expect([undefined, 1, 100].map((n) => numberProblem(n, 1, 100))).toEqual([undefined, undefined, undefined]);
  expect([0, 101, 1.5, NaN].map((n) => numberProblem(n, 1, 100))).not.toContain(undefined);
});
