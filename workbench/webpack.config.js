/**
 * Builds the workbench's page. Unlike the plugin's own build this one bundles everything, Grafana's packages included:
 * the page is the Grafana that the plugin finds around it.
 */
const path = require('node:path');

const CopyPlugin = require('copy-webpack-plugin');
const { NormalModuleReplacementPlugin } = require('webpack');

const web = path.resolve(__dirname, 'web');
const grafanaUI = path.dirname(require.resolve('@grafana/ui/package.json'));

module.exports = {
  target: 'web',
  entry: path.join(web, 'main.tsx'),
  output: { path: path.resolve(__dirname, 'dist'), filename: 'page.js', publicPath: '/', clean: true },
  resolve: { extensions: ['.tsx', '.ts', '.mjs', '.js'] },
  module: {
    rules: [
      // Grafana's packages are written for bundlers, not for Node: imports without file extensions, and default
      // imports of CommonJS modules that mark their default themselves.
      { test: /\.mjs$/, type: 'javascript/auto', resolve: { fullySpecified: false } },
      // SystemJS defines a global and expects to run as a script, where `define` and `module` are not webpack's.
      { test: /systemjs[\\/]dist/, parser: { amd: false, commonjs: false } },
      {
        test: /\.tsx?$/,
        include: web,
        loader: 'swc-loader',
        options: { jsc: { parser: { syntax: 'typescript', tsx: true }, target: 'es2022' } },
      },
    ],
  },
  plugins: [
    new CopyPlugin({
      patterns: [
        { from: path.join(web, 'index.html') },
        // Grafana's components fetch their icons from where its server has them. Its package lacks a few of them;
        // those that this page shows are drawn anew in web/icons.
        { from: path.join(grafanaUI, 'dist/public/img/icons'), to: 'public/build/img/icons' },
        { from: path.join(web, 'icons'), to: 'public/build/img/icons/unicons' },
      ],
    }),
    new NormalModuleReplacementPlugin(/GlobalStyles[\\/]fonts|^\.\/fonts\.mjs$/, path.join(web, 'fonts.ts')),
  ],
  // Packages are built once; a change of the page alone is built in seconds.
  cache: { type: 'filesystem' },
  optimization: { minimize: false },
  // One large file from the machine it runs on: there is nothing to warn about.
  performance: { hints: false },
  stats: 'errors-warnings',
};
