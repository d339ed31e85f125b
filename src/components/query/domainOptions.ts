import type { SelectableValue } from '@grafana/data';
import type { DataSource } from '../../datasource';
import type { Domain } from '../../types';

/** More are not drawn: one finds a domain among a thousand by typing, not by scrolling. */
const MOST_SHOWN = 100;

export type DomainOption = SelectableValue<string> & { label: string; value: string };

export const optionOf = (name: string): DomainOption => ({ label: name, value: name });

/** The variables and the account's domains whose names contain `search`. */
export async function findOptions(datasource: DataSource, search: string): Promise<DomainOption[]> {
  const { domains } = await datasource.getDomains(search);
  return [...variableOptions(datasource, search), ...domains.slice(0, MOST_SHOWN).map(domainOption)];
}

export function variableOptions(datasource: DataSource, search: string): DomainOption[] {
  const wanted = search.toLowerCase();
  return datasource
    .getVariableNames()
    .filter((name) => name.toLowerCase().includes(wanted))
    .map(optionOf);
}

function domainOption({ name, status, type, coverage }: Domain): DomainOption {
  const description = [status, type, coverage].filter((part) => part).join(' · ');
  return { ...optionOf(name), description };
}

/** What went wrong with a request, in the words of whoever refused it. */
export function errorText(error: unknown): string {
  const { data, message, statusText } = (error ?? {}) as {
    data?: { message?: string; error?: string };
    message?: string;
    statusText?: string;
  };
  return data?.message || data?.error || message || statusText || String(error);
}

/**
 * Calls `run` once typing has paused. Calls overtaken by a later one are never answered, which is
 * what a select that only wants the newest answer needs.
 */
export function pausing<T>(run: (text: string) => Promise<T>, milliseconds: number) {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return (text: string) =>
    new Promise<T>((resolve, reject) => {
      clearTimeout(timer);
      // An empty text is a menu being opened, where nobody is typing.
      timer = setTimeout(() => run(text).then(resolve, reject), text === '' ? 0 : milliseconds);
    });
}
