// Published as ES modules only, which Jest does not load as they are.
const esModules = [
  '@grafana',
  'd3',
  'd3-[a-z-]+',
  'marked',
  'react-calendar',
  'get-user-locale',
  'memoize',
  'mimic-function',
  '@wojtekmaj/date-utils',
];

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
