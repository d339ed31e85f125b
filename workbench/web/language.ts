import { initPluginTranslations } from '@grafana/i18n';
import i18next from 'i18next';

/** Sets the language that Grafana's components and the plugin find, before the first of them is drawn. */
export async function startLanguage(lang: string) {
  await i18next.init({
    lng: lang,
    fallbackLng: 'en-US',
    // i18next counts a language as present only if it has a text.
    resources: { [lang]: { workbench: { language: lang } } },
    returnEmptyString: false,
    interpolation: { escapeValue: false },
  });
  await initPluginTranslations('workbench');
}
