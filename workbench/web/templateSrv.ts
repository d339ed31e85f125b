import type { ScopedVars, TypedVariableModel } from '@grafana/data';
import type { TemplateSrv } from '@grafana/runtime';

/** `$name`, `${name}`, `${name:format}` and `[[name]]`, as Grafana finds them. */
const REFERENCE = /\$(\w+)|\$\{(\w+)(?::(\w+))?\}|\[\[(\w+)\]\]/g;

type Formatter = (values: string[]) => string;

/** The formats a data source may ask for. Grafana's own default is `glob`. */
const FORMATS: Record<string, Formatter> = {
  glob: (values) => (values.length > 1 ? `{${values.join(',')}}` : values.join('')),
  csv: (values) => values.join(','),
  pipe: (values) => values.join('|'),
  json: (values) => JSON.stringify(values),
  raw: (values) => values.join(','),
  regex: (values) => {
    const escaped = values.map((value) => value.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
    return escaped.length > 1 ? `(${escaped.join('|')})` : escaped.join('');
  },
};

/** Template variables with fixed values. `variables` is asked each time, so that the values may change. */
export function makeTemplateSrv(variables: () => Record<string, string[]>): TemplateSrv {
  const valuesOf = (name: string, scopedVars?: ScopedVars): string[] | undefined => {
    const scoped: unknown = scopedVars?.[name]?.value;
    return scoped === undefined ? variables()[name] : [scoped].flat().map(String);
  };
  return {
    replace(target = '', scopedVars, format) {
      return target.replace(REFERENCE, (match, plain, braced, own, bracketed) => {
        const values = valuesOf(plain ?? braced ?? bracketed, scopedVars);
        if (values === undefined) {
          return match;
        }
        if (typeof format === 'function' && !own) {
          // A single value is passed as it is, several as a list.
          return String(
            format(values.length > 1 ? values : values[0], { name: plain ?? braced ?? bracketed })
          );
        }
        return (FORMATS[own ?? String(format)] ?? FORMATS.glob)(values);
      });
    },
    containsTemplate: (target = '') => [...target.matchAll(REFERENCE)].length > 0,
    getVariables: () =>
      Object.entries(variables()).map(
        ([name, value]) =>
          ({
            type: 'custom',
            name,
            id: name,
            multi: true,
            current: { value, text: value.join(' + ') },
          }) as unknown as TypedVariableModel
      ),
    updateTimeRange: () => undefined,
  };
}
