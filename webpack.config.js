// Bundles src/module.ts into dist/, where Grafana loads it as an AMD module.
const path = require('node:path');
const CopyPlugin = require('copy-webpack-plugin');
const { IgnorePlugin } = require('webpack');
const { version } = require('./package.json');
const plugin = require('./src/plugin.json');

// What Grafana 11.0.0, the oldest supported, lends to plugins. A module that is not in this list is
// bundled; one that is listed but not lent would leave the plugin unable to load. @grafana/i18n is
// lent from 12.1.0 on only, and react/jsx-runtime not by all: see the JSX transform below.
const sharedByGrafana = [
  '@emotion/css',
  '@emotion/react',
  '@grafana/data',
  '@grafana/runtime',
  '@grafana/ui',
  'd3',
  'i18next',
  'lodash',
  'moment',
  'react',
  'react-dom',
  'react-inlinesvg',
  'react-redux',
  'react-router',
  'react-router-dom',
  'redux',
  'rxjs',
  'rxjs/operators',
];

// A release is dated by its sources, so that building it again makes the same bytes.
const { SOURCE_DATE_EPOCH: seconds } = process.env;
const built = seconds ? new Date(Number(seconds) * 1000) : new Date();

const fillIn = (text) =>
  text.toString().replaceAll('%VERSION%', version).replaceAll('%TODAY%', built.toISOString().slice(0, 10));

module.exports = (env, { mode = 'production' }) => ({
  mode,
  context: path.join(__dirname, 'src'),
  entry: './module.ts',
  devtool: mode === 'production' ? 'source-map' : 'eval-source-map',
  output: {
    path: path.join(__dirname, 'dist'),
    filename: 'module.js',
    library: { type: 'amd' },
    publicPath: `public/plugins/${plugin.id}/`,
    // The Go executables are built into the same folder and must outlive a frontend build.
    clean: { keep: /^(gpx_|go_plugin_build_manifest)/ },
  },
  externals: sharedByGrafana,
  resolve: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        exclude: /node_modules/,
        loader: 'swc-loader',
        options: {
          jsc: {
            target: 'es2020',
            parser: { syntax: 'typescript', tsx: true },
            // Classic: Grafana 11 does not share react/jsx-runtime.
            transform: { react: { runtime: 'classic' } },
          },
        },
      },
    ],
  },
  plugins: [
    // A pseudo-language for Grafana's own tests, which @grafana/i18n would fetch from a second file.
    new IgnorePlugin({ resourceRegExp: /^i18next-pseudo$/ }),
    new CopyPlugin({
      patterns: [
        { from: 'plugin.json', transform: fillIn },
        { from: 'img', to: 'img' },
        { from: 'dashboards', to: 'dashboards' },
        { from: 'locales', to: 'locales' },
        { from: '../LICENSE', to: '[name]', toType: 'template' },
        // What the catalogue and Grafana's page of the plugin show; they cannot follow relative links.
        { from: 'README.md' },
        { from: '../CHANGELOG.md' },
      ],
    }),
  ],
  // The limit is for pages that load this first; Grafana loads a plugin when it is used.
  performance: { hints: false },
  stats: 'errors-warnings',
});
