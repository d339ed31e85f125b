import type { SelectableValue } from '@grafana/data';
import { t } from '@grafana/i18n';
import type { Domain } from '../../types';
import { describe } from '../shared/domainWords';

/** More are not drawn: one finds a domain among a thousand by typing, not by scrolling. */
const MOST_SHOWN = 100;

export type DomainOption = SelectableValue<string> & { label: string; value: string };

export const optionOf = (name: string): DomainOption => ({ label: name, value: name });

/** Whether the name typed is one of those chosen. */
export const isChosen = (typed: string, chosen: string[]) =>
  chosen.some((name) => name.toLowerCase() === typed.trim().toLowerCase());

/** Whether what is typed is a name, a variable or a list of them; else it is a part to search for, as `img`. */
export const isWhole = (typed: string) => /[.$,;\s]/.test(typed.trim());

/**
 * The variables and domains whose names contain what is typed and that are not chosen yet. None for a name that is
 * chosen itself: Enter would take one that merely contains it.
 */
export function domainOptions(
  domains: Domain[],
  variables: string[],
  typed: string,
  chosen: string[]
): DomainOption[] {
  if (isChosen(typed, chosen)) {
    return [];
  }
  const text = typed.trim().toLowerCase();
  const wanted = (name: string) => name.toLowerCase().includes(text) && !chosen.includes(name);
  const found = domains.filter(({ name }) => wanted(name));
  if (text !== '') {
    // The name typed in full comes first, however many others contain it.
    found.sort((a, b) => a.name.indexOf(text) - b.name.indexOf(text) || a.name.length - b.name.length);
  }
  return [
    ...variables.filter(wanted).map(optionOf),
    ...found.slice(0, MOST_SHOWN).map(domainOption),
    ...restOption(found.length - MOST_SHOWN),
  ];
}

function domainOption(domain: Domain): DomainOption {
  const option = { ...optionOf(domain.name), description: describe(domain) };
  return domain.status === 'offline' ? { ...option, icon: 'exclamation-triangle' } : option;
}

/** The line that stands for the domains not drawn. */
function restOption(count: number): DomainOption[] {
  if (count <= 0) {
    return [];
  }
  const label = t('query.domains.narrow', '{{count}} more; type to narrow the list', {
    count,
    defaultValue_one: '{{count}} more; type to narrow the list',
  });
  return [{ label, value: '', isDisabled: true }];
}
