import type { Domain, DomainVariableQuery } from './types';
import { asPattern, EVERY_DOMAIN, expand, type Replace } from './variables';

/**
 * Valid in JavaScript, yet refused or read otherwise by RE2, which has the last word on a query's
 * pattern: looking around, references back.
 */
const NOT_RE2 = /\(\?<?[=!]|\\[1-9k]/;

/** A variable that nothing replaced, as in alert rules. */
const UNREPLACED = /\$(\{\w|\w)/;

/**
 * The domains whose names match a query's pattern, to show before the backend is asked. Undefined
 * where JavaScript cannot tell: the syntaxes differ, and a wrong count is worse than none.
 */
export function matchingDomains(domains: Domain[], pattern: string): Domain[] | undefined {
  if (NOT_RE2.test(pattern) || UNREPLACED.test(pattern)) {
    return undefined;
  }
  try {
    const regex = compile(pattern);
    return domains.filter(({ name }) => regex.test(name));
  } catch {
    return undefined;
  }
}

/** The domains that a dashboard variable asks for. An invalid regular expression throws. */
export function domainsForVariable(
  domains: Domain[],
  { search = '', regex = '', status = '', type = '' }: DomainVariableQuery,
  replace: Replace
): Domain[] {
  const pattern = compile(replace(regex, asPattern));
  const texts = filterValues(search, replace).map((text) => text.toLowerCase());
  const statuses = filterValues(status, replace);
  const types = filterValues(type, replace);
  return domains.filter(
    (domain) =>
      anyOf(texts, (text) => domain.name.includes(text)) &&
      anyOf(statuses, (wanted) => domain.status === wanted) &&
      anyOf(types, (wanted) => domain.type === wanted) &&
      pattern.test(domain.name)
  );
}

/** What a filter looks for, one entry per value of a variable in it. None means that it does not filter. */
function filterValues(filter: string, replace: Replace): string[] {
  const values = expand(filter, replace).map((value) => value.trim());
  return values.some((value) => EVERY_DOMAIN.includes(value)) ? [] : values.filter((value) => value !== '');
}

const anyOf = (wanted: string[], test: (value: string) => boolean) =>
  wanted.length === 0 || wanted.some(test);

/**
 * With the flag u, JavaScript refuses escapes it does not know, such as RE2's \A, instead of reading
 * them as letters. RE2 writes the flag i in front.
 */
function compile(pattern: string): RegExp {
  const [, insensitive, rest] = /^(\(\?i\))?([^]*)$/.exec(pattern) as RegExpExecArray;
  return new RegExp(rest, insensitive ? 'iu' : 'u');
}
