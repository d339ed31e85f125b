import type { ScopedVars } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';
import { unique, withDefaults } from './query';
import type { CdnQuery } from './types';

/** Replaces the variables in a text, each value written by `format`. */
export type Replace = (text: string, format: (value: unknown) => string) => string;

/** Stands for "everything": what "All" leaves behind when its options are unknown or customised. */
const EVERYTHING = ['$__all', '*', '.*'];
const isEverything = (value: string) => EVERYTHING.includes(value);

/**
 * Puts the dashboard's variables into a query. Fields that are missing stay missing, so that they
 * keep meaning the default.
 */
export function interpolate<Q extends CdnQuery>(
  query: Q,
  templates: TemplateSrv,
  scopedVars: ScopedVars = {}
): Q {
  const replace: Replace = (text, format) => templates.replace(text, scopedVars, format);
  const filled = { ...query };
  // Only the field that the mode reads: a list left over from before must not change the mode.
  const { domainMode } = withDefaults(query);
  if (query.domains && domainMode === 'list') {
    Object.assign(filled, domainsOf(query.domains, replace));
  }
  if (query.domainPattern && domainMode === 'regex') {
    filled.domainPattern = replace(query.domainPattern, asPattern);
  }
  if (query.domainFilter) {
    filled.domainFilter = replace(query.domainFilter, asPattern);
  }
  if (query.statusCodes) {
    filled.statusCodes = filterValues(query.statusCodes, replace);
  }
  if (query.timeShift) {
    filled.timeShift = replace(query.timeShift, asText);
  }
  if (query.legendFormat) {
    filled.legendFormat = replace(query.legendFormat, asText);
  }
  return filled;
}

function domainsOf(items: string[], replace: Replace): Pick<CdnQuery, 'domains' | 'domainMode'> {
  const domains = unique(items.flatMap((item) => expand(item, replace)));
  return domains.some(isEverything) ? { domainMode: 'all', domains: [] } : { domains };
}

/** What a filter keeps. None means that it does not filter. */
export function filterValues(items: string[], replace: Replace): string[] {
  const values = unique(items.flatMap((item) => expand(item, replace)));
  return values.some(isEverything) ? [] : values;
}

/**
 * One list item with variables becomes one domain per value, or per combination of values:
 * `img-$region.example.com` with two regions gives two domains. Grafana's own formats would write
 * the values into one name instead, as `{a,b}`.
 */
export function expand(item: string, replace: Replace): string[] {
  const slots: string[][] = [];
  // Values are put in afterwards, at marks that no domain name can contain.
  const marked = replace(item, (value) => `\u0000${slots.push(valuesOf(value)) - 1}\u0000`);
  const names = marked.split('\u0000').reduce<string[]>(
    (starts, part, i) => {
      const ends = i % 2 === 1 ? slots[Number(part)] : [part];
      return starts.flatMap((start) => ends.map((end) => start + end));
    },
    ['']
  );
  // A format given in the text itself, as in ${domain:csv}, has joined its values already.
  return names.flatMap((name) => name.split(','));
}

/** The values of a variable as one piece of a regular expression, each taken literally. */
export function asPattern(value: unknown): string {
  const values = valuesOf(value);
  if (values.includes('$__all')) {
    return '.*';
  }
  if (values.length === 0) {
    return '[^\\s\\S]'; // nothing chosen matches nothing, whereas () would match every domain
  }
  const literals = values.map((text) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return literals.length === 1 ? literals[0] : `(${literals.join('|')})`;
}

const asText = (value: unknown) => valuesOf(value).join(', ');

function valuesOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value ?? '']).map(String);
}
