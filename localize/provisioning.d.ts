/** What the tests use of provisioning.js. */
export interface Translations {
  /** The translated files by their names below provisioning/. */
  made: Record<string, string>;
  missing: string[];
  unused: string[];
}

/** Without an argument of the texts in zh-Hans.json. */
export function translateAll(texts?: Record<string, string>): Translations;
