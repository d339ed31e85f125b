const { readFileSync } = require('node:fs');
const path = require('node:path');

// Jest loads packages as CommonJS, as they are. Those that say of themselves that they are ES modules are transformed, as
// our own files are.
const installed = require('./node_modules/.package-lock.json').packages;
const esModules = Object.keys(installed)
  .filter(
    (folder) => JSON.parse(readFileSync(path.join(__dirname, folder, 'package.json'))).type === 'module'
  )
  .map((folder) => folder.replace(/^.*node_modules\//, ''));

module.exports = {
  testEnvironment: 'jsdom',
  roots: ['<rootDir>/src'],
  // Typing into real @grafana/ui forms takes seconds on a busy machine.
  testTimeout: 60_000,
  setupFiles: ['<rootDir>/jest.polyfills.js'],
  setupFilesAfterEnv: ['<rootDir>/jest.setup.ts'],
  // jsdom lays nothing out, so any harmless module can stand in for a style sheet.
  moduleNameMapper: { '\\.css$': '<rootDir>/package.json' },
  transform: {
    '^.+\\.(mjs|[jt]sx?)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'classic' } },
        },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(.*/)?(${esModules.join('|')})/)`],
};
