import type { Domain } from '../../types';
import { domainOptions, isWhole } from './domainOptions';

const domain = (name: string, status = 'online'): Domain => ({
  name,
  status,
  type: 'video',
  coverage: 'domestic',
  cname: '',
});

const account = (count: number) => Array.from({ length: count }, (_, i) => domain(`${i}.example.com`));

it('puts the variables that match before the domains and describes each domain', () => {
  expect(domainOptions([domain('site.example.com')], ['$site', '$region'], 'SITE', [])).toEqual([
    { label: '$site', value: '$site' },
    {
      label: 'site.example.com',
      value: 'site.example.com',
      description: 'online · audio and video · Chinese mainland',
    },
  ]);
});

it('marks domains that are offline', () => {
  const [offline, online] = domainOptions([domain('a.com', 'offline'), domain('b.com')], [], '', []);
  expect(offline).toMatchObject({
    description: expect.stringMatching(/^offline/),
    icon: 'exclamation-triangle',
  });
  expect(online.icon).toBeUndefined();
});

it('shows a value that Alibaba Cloud has added since as it is', () => {
  const [option] = domainOptions([domain('a.com', 'frozen')], [], '', []);
  expect(option.description).toMatch(/^frozen/);
});

it('draws a hundred of many domains and says how many more there are', () => {
  const options = domainOptions(account(1200), [], '', []);
  expect(options).toHaveLength(101);
  expect(options[100]).toMatchObject({ label: '1100 more; type to narrow the list', isDisabled: true });
});

it('finds a domain typed in full first, however many others contain it', () => {
  const domains = [...account(1200), domain('example.com'), domain('my.example.com')];
  expect(domainOptions(domains, [], ' example.com ', [])[0].value).toBe('example.com');
});

it('finds nothing for a name that is chosen, so that Enter takes no other that contains it', () => {
  expect(domainOptions([domain('my.example.com')], [], ' Example.com', ['example.com'])).toEqual([]);
});

it.each([
  ['img', false],
  [' img ', false],
  ['example.com', true],
  ['$site', true],
  ['a b', true],
])('tells a part to search for from what is whole: %s', (typed, whole) => {
  expect(isWhole(typed)).toBe(whole);
});

it('leaves out what is chosen already', () => {
  const options = domainOptions(account(2), ['$a', '$b'], '', ['0.example.com', '$b']);
  expect(options.map(({ value }) => value)).toEqual(['$a', '1.example.com']);
});
