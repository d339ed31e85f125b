import js from '@eslint/js';
import i18n from '@grafana/i18n/eslint-plugin';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

// What the plugin may use of @grafana/ui: each of these exists in Grafana 11.0.0, the oldest that it
// runs in. The types are those of 13.1 and would let through what 11.0.0 lacks (Combobox), while they
// call Select and its kinds deprecated, which are the right ones here. Look a name up in 11.0.0's
// packages/grafana-ui before adding it.
const inGrafana11 = [
  'Button',
  'ClipboardButton',
  'FieldSet',
  'Icon',
  'InlineField',
  'InlineFieldRow',
  'InlineSwitch',
  'Input',
  'MultiSelect',
  'RadioButtonGroup',
  'SecretInput',
  'SecretTextArea',
  'Select',
  'TextLink',
  'useStyles2',
];

export default tseslint.config(
  { ignores: ['dist/', 'workbench/dist/', 'coverage/', 'e2e/results/', '.demo/', 'pkg/'] },
  js.configs.recommended,
  tseslint.configs.recommended,
  // Playwright's fixtures are not React, though they have a function called use.
  { files: ['src/**', 'workbench/**'], ...reactHooks.configs.flat.recommended },
  { files: ['src/**', 'workbench/**'], ...jsxA11y.flatConfigs.recommended },
  {
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // An underscore marks what is there for its position only.
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.js'],
    languageOptions: {
      globals: {
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        HTMLCanvasElement: 'readonly',
      },
    },
    // The tools' own configuration is read by Node as CommonJS.
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: ['**/*.{test,testing}.{ts,tsx}'],
    plugins: { '@grafana/i18n': i18n },
    rules: {
      'max-lines': ['error', 200],
      'max-lines-per-function': ['error', 150],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'JSXOpeningElement[name.name="InlineField"]:not(:has(> JSXAttribute[name.name="tooltip"]))',
          message: 'Each field has a tooltip.',
        },
      ],
      'no-restricted-imports': ['error', { paths: [{ name: '@grafana/ui', allowImportNames: inGrafana11 }] }],
      '@grafana/i18n/no-untranslated-strings': 'error',
      '@grafana/i18n/no-translation-top-level': 'error',
    },
  }
);
