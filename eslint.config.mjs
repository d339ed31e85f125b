import js from '@eslint/js';
import i18n from '@grafana/i18n/eslint-plugin';
import jsxA11y from 'eslint-plugin-jsx-a11y';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

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
        process: 'readonly',
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
      '@grafana/i18n/no-untranslated-strings': 'error',
      '@grafana/i18n/no-translation-top-level': 'error',
    },
  }
);
