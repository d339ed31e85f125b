import { COMMON_CODES, isCode } from './statusCodes';

it.each([...COMMON_CODES, '5XX', '418', '$code', '${codes}'])('takes "%s" for a status code', (code) => {
  expect(isCode(code)).toBe(true);
});

it.each(['abc', '6xx', 'xxx', '50', '5000', '050', '5x', ' 404'])('refuses "%s"', (code) => {
  expect(isCode(code)).toBe(false);
});
