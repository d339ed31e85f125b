import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ts from 'typescript';

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

/** The files of ours that a file imports, those included of which it wants the types only. */
function importsOf(file: string): string[] {
  const { importedFiles } = ts.preProcessFile(readFileSync(path.join(__dirname, file), 'utf8'));
  const targets = importedFiles.map(({ fileName }) => path.join(path.dirname(file), fileName));
  return files.filter((one) => targets.includes(one.replace(/\.tsx?$/, '')));
}
