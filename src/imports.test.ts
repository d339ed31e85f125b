import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import inGrafana11 from '../compat/grafana-11.0.0.json';

const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).filter(
  (name) => /\.tsx?$/.test(name) && !/\.test(ing)?\./.test(name)
);
const imports = new Map(files.map((file) => [file, importsOf(file)]));

it('finds the imports', () => {
  expect(imports.get('module.ts')).toContain('components/QueryEditor.tsx');
});

it.each(files)('%s does not import itself by way of others', (file) => {
  const reached = new Set<string>();
  const queue = [...(imports.get(file) ?? [])];
  for (const next of queue) {
    if (!reached.has(next)) {
      reached.add(next);
      queue.push(...(imports.get(next) ?? []));
    }
  }
  expect([...reached]).not.toContain(file);
});

// The types are those of a newer Grafana, and would let through what the oldest that the plugin runs in lacks.
it.each(files)('%s imports of Grafana what 11.0.0 has', (file) => {
  expect(namesFromGrafana(file).filter(([from, name]) => !exportsOf(from)?.includes(name))).toEqual([]);
});

it('tells what 11.0.0 has from what it lacks', () => {
  expect(exportsOf('@grafana/ui')).toContain('Select');
  expect(exportsOf('@grafana/ui')).not.toContain('Combobox');
  expect(exportsOf('@grafana/runtime')).not.toContain('usePluginUserStorage');
  const code = `import a, { Select as b } from '@grafana/ui'; import * as c from '@grafana/data/x'; import '@grafana/runtime';
    import type { d } from '@grafana/data'; export { e } from '@grafana/data'; export * from '@grafana/ui';
    import { f } from 'elsewhere'; import { g } from '@grafana/i18n'; const h = import('@grafana/ui');`;
  expect(namesIn('a.ts', code)).toEqual([
    ['@grafana/ui', 'default'],
    ['@grafana/ui', 'Select'],
    ['@grafana/data/x', '*'],
    ['@grafana/data', 'd'],
    ['@grafana/data', 'e'],
    ['@grafana/ui', '*'],
    ['@grafana/ui', '*'],
  ]);
});

function exportsOf(from: string): string[] | undefined {
  return (inGrafana11 as Record<string, string[]>)[from];
}

function namesFromGrafana(file: string): Array<[string, string]> {
  return namesIn(file, readFileSync(path.join(__dirname, file), 'utf8'));
}

/** What code imports of the packages that Grafana lends: the package and a name of it, or * for all of it. */
function namesIn(file: string, code: string): Array<[string, string]> {
  const found: Array<[string, string]> = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    const from = packageOf(node);
    if (!from || !/^@grafana\/(data|runtime|ui)(\/|$)/.test(from)) {
      return;
    }
    const clause = ts.isImportDeclaration(node) ? node.importClause : undefined;
    const bindings = ts.isExportDeclaration(node) ? node.exportClause : clause?.namedBindings;
    if (clause?.name) {
      found.push([from, 'default']);
    }
    if (bindings && (ts.isNamedImports(bindings) || ts.isNamedExports(bindings))) {
      bindings.elements.forEach(({ name, propertyName }) => found.push([from, (propertyName ?? name).text]));
    } else if (bindings || !ts.isImportDeclaration(node)) {
      found.push([from, '*']);
    }
  };
  visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest));
  return found;
}

/** The package that an import, an export or a call of import() names. */
function packageOf(node: ts.Node): string | undefined {
  const from =
    ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
        ? node.arguments[0]
        : undefined;
  return from && ts.isStringLiteral(from) ? from.text : undefined;
}

/** The files of ours that a file imports, those included of which it wants the types only. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(__dirname, file), 'utf8'));
  const targets = importedFiles.map(({ fileName }) => path.join(path.dirname(file), fileName));
  return files.filter((one) => targets.includes(one.replace(/\.tsx?$/, '')));
}
