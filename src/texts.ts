import zhHans from './locales/zh-Hans/originflow-aliyuncdn-datasource.json';

/** The translations, by Grafana's code of the language. English stands in the code itself. */
const TEXTS: Record<string, object> = { 'zh-Hans': zhHans };

/**
 * The texts in a language; none where there is no translation. Grafana before 12.1 does not load the
 * translations of plugins, so they come with the bundle.
 */
export async function loadTexts(language: string): Promise<Record<string, unknown>> {
  return { ...TEXTS[language] };
}
