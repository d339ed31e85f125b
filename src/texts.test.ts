import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import enUS from './locales/en-US/originflow-aliyuncdn-datasource.json';
import zhHans from './locales/zh-Hans/originflow-aliyuncdn-datasource.json';
import pluginJson from './plugin.json';
import { loadTexts } from './texts';

/** Names rather than words: the same in every language. */
const NAMES = [
  'config.accessKeyId.label',
  'config.accessKeySecret.label',
  'config.authType.accessKey.label',
  'config.authType.stsToken.label',
];

const ROOT = join(__dirname, '..');

/** Words that page, documents and backend once had for the same thing, and the one that they have now. */
const SYNONYMS = {
  登录: '认证',
  时间粒度: '粒度',
  时间段: '时间片',
  数据单位: '单位',
  'Unit of 2014': 'Unit in 2014',
};

const used = textsInCode();
const english = flat(enUS);
const chinese = flat(zhHans);

it('finds the texts in the code', () => {
  expect(used['query.domainMode.list']).toBe('List');
  expect(used['query.plan.domains_one']).toBe('{{count}} domain');
});

it('has every text of the code, word for word, and no other, in English', () => {
  expect(english).toEqual(used);
});

it('has a Chinese text for every English one, and no other', () => {
  // Chinese has one plural form.
  const keys = Object.keys(english).filter((key) => !key.endsWith('_one'));
  expect(Object.keys(chinese).sort()).toEqual(keys.sort());
});

it.each(Object.entries(chinese))('is Chinese, with the placeholders of the English text: %s', (key, text) => {
  expect(placeholders(text)).toEqual(placeholders(english[key]));
  const isWords = /[a-z]/i.test(english[key].replace(/\{\{\w+\}\}/g, ''));
  expect(!isWords || NAMES.includes(key) || /[\p{Script=Han}（：]/u.test(text)).toBe(true);
});

it('ships the languages that the plugin claims', () => {
  expect(readdirSync(join(__dirname, 'locales')).sort()).toEqual([...pluginJson.languages].sort());
});

it('loads the bundled translation, and nothing for other languages', async () => {
  await expect(loadTexts('zh-Hans')).resolves.toEqual(zhHans);
  await expect(loadTexts('fr-FR')).resolves.toEqual({});
});

it.each(Object.entries(SYNONYMS))('has one word for one thing: not %s but %s', (other) => {
  const files = [
    '',
    'docs',
    'docs/zh-CN',
    'src/locales/en-US',
    'src/locales/zh-Hans',
    'pkg/plugin/locales',
  ].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => /\.(md|json)$/.test(name))
      .map((name) => join(folder, name))
  );
  expect(files).toContain('README.zh-CN.md');
  expect(files.filter((file) => readFileSync(join(ROOT, file), 'utf8').includes(other))).toEqual([]);
});

function placeholders(text: string): string[] {
  return [...text.matchAll(/\{\{\w+\}\}/g)].map(([found]) => found).sort();
}

function flat(texts: object, path = ''): Record<string, string> {
  return Object.assign(
    {},
    ...Object.entries(texts).map(([key, value]) =>
      typeof value === 'string' ? { [path + key]: value } : flat(value, `${path}${key}.`)
    )
  );
}

/** The keys and English texts of every call of `t` in the code; a key that is not plain text throws. */
function textsInCode(): Record<string, string> {
  const texts: Record<string, string> = {};
  const files = readdirSync(__dirname, { recursive: true, encoding: 'utf8' });
  for (const file of files.filter((name) => /\.tsx?$/.test(name) && !/\.test\./.test(name))) {
    const code = readFileSync(join(__dirname, file), 'utf8');
    const visit = (node: ts.Node): void => {
      if (ts.isCallExpression(node) && node.expression.getText() === 't') {
        Object.assign(texts, textsOf(node));
      }
      ts.forEachChild(node, visit);
    };
    visit(ts.createSourceFile(file, code, ts.ScriptTarget.Latest, true));
  }
  return texts;
}

/** One text, or two where a number decides. */
function textsOf(call: ts.CallExpression): Record<string, string> {
  const [key, text] = call.arguments.slice(0, 2).map(plainText);
  const values = call.arguments[2];
  const properties = values && ts.isObjectLiteralExpression(values) ? [...values.properties] : [];
  const named = (name: string) => properties.find((property) => property.name?.getText() === name);
  if (!named('count')) {
    return { [key]: text };
  }
  const one = named('defaultValue_one') as ts.PropertyAssignment;
  return { [`${key}_one`]: plainText(one.initializer), [`${key}_other`]: text };
}

function plainText(node: ts.Node): string {
  if (!ts.isStringLiteralLike(node)) {
    throw new Error(`${node.getSourceFile().fileName}: ${node.getText()} is not a plain text`);
  }
  return node.text;
}
