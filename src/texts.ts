import { initPluginTranslations } from '@grafana/i18n';
import zhHans from './locales/zh-Hans/originflow-aliyuncdn-datasource.json';
import pluginJson from './plugin.json';
import type { Language } from './types';

/** The translations, by Grafana's code of the language. English stands in the code itself. */
const TEXTS: Record<string, object> = { 'zh-Hans': zhHans };

/**
 * The texts in a language; none where there is no translation. Grafana before 12.1 does not load the
 * translations of plugins, so they come with the bundle.
 */
export async function loadTexts(language: string): Promise<Record<string, unknown>> {
  return { ...TEXTS[language] };
}

let grafanas = 'en-US';

/** Speaks the language of Grafana from now on. */
export async function startTexts(): Promise<void> {
  ({ language: grafanas } = await initPluginTranslations(pluginJson.id, [loadTexts]));
}

/** The one of the backend's languages that is nearest to Grafana's. */
export const backendLanguage = (): Language => (grafanas.startsWith('zh') ? 'zh-Hans' : 'en-US');
