// Writes the names that the packages of a Grafana export: node exports.js <folder with node_modules> <file to write>.
const { writeFileSync } = require('node:fs');
const path = require('node:path');
const ts = require('typescript');

const [folder, file] = process.argv.slice(2);

const names = Object.fromEntries(
  ['@grafana/data', '@grafana/runtime', '@grafana/ui'].map((name) => {
    const types = path.join(folder, 'node_modules', name, 'dist', 'index.d.ts');
    const program = ts.createProgram([types], {
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      skipLibCheck: true,
      types: [],
    });
    const checker = program.getTypeChecker();
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(types)));
    return [name, exported.map(({ name }) => name).sort()];
  })
);
writeFileSync(file, JSON.stringify(names, null, 2) + '\n');
