import { type DataQueryRequest, VariableSupportType } from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { DomainVariables } from './domainVariables';
import type { DomainVariableQuery } from './types';

const scopedVars = { site: { text: 'a', value: 'a' } };

function ask(target: DomainVariableQuery | string, findDomains: jest.Mock) {
  const variables = new DomainVariables({ findDomains });
  const request = { targets: [target], scopedVars } as unknown as DataQueryRequest<DomainVariableQuery>;
  return lastValueFrom(variables.query(request));
}

it('brings an editor of its own', () => {
  const variables = new DomainVariables({ findDomains: jest.fn() });
  expect(variables.getType()).toBe(VariableSupportType.Custom);
  expect(variables.editor).toBeDefined();
});

it('answers with the names as text and value', async () => {
  const findDomains = jest.fn(async () => [{ name: 'a.com' }, { name: 'b.com' }]);
  const query: DomainVariableQuery = { refId: 'x', queryType: 'domains', status: 'online' };
  await expect(ask(query, findDomains)).resolves.toEqual({
    data: [
      { text: 'a.com', value: 'a.com' },
      { text: 'b.com', value: 'b.com' },
    ],
  });
  expect(findDomains).toHaveBeenCalledWith(query, scopedVars);
});

it.each<[string | DomainVariableQuery, Partial<DomainVariableQuery>]>([
  ['', {}],
  [' img ', { search: 'img' }],
  [{ refId: 'A' }, { refId: 'A' }],
])('reads the saved query %j', async (saved, read) => {
  const findDomains = jest.fn(async () => []);
  await ask(saved, findDomains);
  expect(findDomains).toHaveBeenCalledWith({ refId: 'domains', queryType: 'domains', ...read }, scopedVars);
});

it('fails with the words of whoever refused', async () => {
  const refused = jest.fn(() => Promise.reject({ status: 403, data: { message: 'No permission.' } }));
  await expect(ask('', refused)).rejects.toEqual(new Error('No permission.'));
});
