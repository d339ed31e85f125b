import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import React, { useState } from 'react';
import type { Domain, DomainVariableQuery } from '../types';
import { VariableEditor } from './VariableEditor';

const ACCOUNT = ['www.example.com', 'img.example.com', 'api.example.org'];

async function findDomains({ search = '', regex = '' }: DomainVariableQuery) {
  if (regex === '(') {
    throw new Error('Invalid regular expression');
  }
  return ACCOUNT.filter((name) => name.includes(search)).map((name) => ({ name }) as Domain);
}

function setup(saved: DomainVariableQuery | string) {
  const onChange = jest.fn();
  function Host() {
    const [query, setQuery] = useState(saved);
    onChange.mockImplementation(setQuery);
    return (
      <VariableEditor query={query as DomainVariableQuery} datasource={{ findDomains }} onChange={onChange} />
    );
  }
  render(<Host />);
  return { user: userEvent.setup(), onChange };
}

const EVERY = { refId: 'domains', queryType: 'domains' } as const;

it('makes a new variable one of every domain, so that it runs without further ado', async () => {
  const { onChange } = setup('');
  expect(onChange.mock.calls).toEqual([[EVERY, 'domains()']]);
  expect(
    await screen.findByText('3 domains: www.example.com, img.example.com, api.example.org')
  ).toBeInTheDocument();
});

it('reads a query that is a text as a search for it', async () => {
  const { onChange } = setup(' img ');
  expect(screen.getByLabelText('Contains')).toHaveValue('img');
  expect(onChange.mock.calls).toEqual([[{ ...EVERY, search: 'img' }, 'domains(search: img)']]);
  expect(await screen.findByText('1 domain: img.example.com')).toBeInTheDocument();
});

it('leaves a saved query alone until it is edited', async () => {
  const { onChange } = setup({ ...EVERY, search: 'nowhere' });
  expect(await screen.findByText('No domain passes these filters')).toBeInTheDocument();
  expect(onChange).not.toHaveBeenCalled();
});

it('filters by text, pattern, status and type', async () => {
  const { user, onChange } = setup(EVERY);
  await user.type(screen.getByLabelText('Contains'), 'example');
  await user.type(screen.getByLabelText('Pattern'), '^a{Enter}');
  await user.click(screen.getByLabelText('Status'));
  await user.click(await screen.findByText('online'));
  await user.click(screen.getByLabelText('Type'));
  await user.click(await screen.findByText('audio and video'));
  const query = { ...EVERY, search: 'example', regex: '^a', status: 'online', type: 'video' };
  expect(onChange).toHaveBeenLastCalledWith(
    query,
    'domains(search: example, regex: ^a, status: online, type: video)'
  );
});

it('takes a variable for the status, shows it, and lets one drop it', async () => {
  const { user, onChange } = setup(EVERY);
  await user.type(screen.getByLabelText('Status'), '$status{Enter}');
  expect(onChange).toHaveBeenLastCalledWith({ ...EVERY, status: '$status' }, 'domains(status: $status)');
  expect(screen.getByText('$status')).toBeInTheDocument();
  await user.click(screen.getByLabelText('Status'));
  await user.click(await screen.findByRole('option', { name: 'Any' }));
  expect(onChange).toHaveBeenLastCalledWith({ ...EVERY, status: '' }, 'domains()');
});

it('says why the domains cannot be told', async () => {
  setup({ ...EVERY, regex: '(' });
  expect(await screen.findByText('Invalid regular expression')).toBeInTheDocument();
});
