import '@testing-library/jest-dom';
import { initPluginTranslations } from '@grafana/i18n';
import i18next from 'i18next';
import pluginJson from './src/plugin.json';

// Icons are fetched one by one and would appear after a test has ended.
jest.mock('react-inlinesvg', () => ({ __esModule: true, default: () => null }));

// As Grafana does before it loads a plugin; the tests then see the English texts.
void i18next.init({ resources: {}, lng: 'en-US', initAsync: false, showSupportNotice: false });
beforeAll(() => initPluginTranslations(pluginJson.id));
