// Makes provisioning/zh-Hans of the dashboards and alert rules in provisioning/, so that there is one of each to maintain:
// the English file with every text looked up in zh-Hans.json. `node localize/provisioning.js` writes what differs, `--check`
// names it and fails. The rest of a file stays as it is, character by character.
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { argv } = require('node:process');

const root = path.join(__dirname, '..', 'provisioning');
const translatedRoot = path.join(root, 'zh-Hans');
const files = [
  'dashboards/origin-overview.json',
  'dashboards/one-domain.json',
  'dashboards/origin-flow.yaml',
  'alerting/origin-flow.yaml',
];

/** The properties of a dashboard whose values are shown. */
const shown = new Set(['title', 'description', 'tooltip', 'label', 'legendFormat', 'noValue', 'text']);
/** Signs, placeholders and durations are the same in every language. */
const wordless = /^(?:[^\p{L}]*|\{\{\w+\}\}|\d+[smhdw])$/u;
/** A value elsewhere that must be a text: the name of a column or a series, to which overrides and transformations refer. */
const named = /^[A-Z][a-z]|[a-z][,.;]? [a-z]/;
/** Names that Grafana gives, in every language. */
const grafanas = new Set(['All', 'Field', 'Time', 'Total', 'Value']);
/** How a name is referred to: as a pattern, as the beginning of a pattern, with the mark of a time shift. */
const reference = /^(\/\^)?(.+?)(\$\/| \\\(\/| \(-\d+[smhdw]\))?$/;

/** Looks texts up, and keeps account of those that are missing and of those that were used. */
function dictionary(texts) {
  const missing = new Set();
  const used = new Set();
  return {
    missing,
    unused: () => Object.keys(texts).filter((text) => !used.has(text)),
    lookUp(text) {
      used.add(text);
      if (!Object.hasOwn(texts, text)) {
        missing.add(text);
      }
      return texts[text] ?? text;
    },
  };
}

/** A uid of ours in another language. The data source's is none of these: it is in every language the same. */
const translatedUid = (uid) => `${uid}-zh`;

function translateDashboard(source, { lookUp }) {
  const translateName = (key, value) => {
    const [, before = '', name, after = ''] = reference.exec(value) ?? [undefined, undefined, value];
    const isText = shown.has(key) ? !wordless.test(value) : named.test(name);
    return isText && !grafanas.has(name) ? before + lookUp(name) + after : value;
  };
  const translateOption = (option) => {
    const [text, ...value] = option.split(' : ');
    return [wordless.test(text) ? text : lookUp(text), ...value].join(' : ');
  };
  const translateValue = (key, value, parent) => {
    if (key === 'uid' && value.startsWith('aliyuncdn-')) {
      return translatedUid(value);
    }
    if (key === 'url') {
      return value
        .replace(/(?<=^\/d\/)[\w-]+/, translatedUid)
        .replace(/(?<=\$\{__data\.fields\.)[^}]+/, (name) => lookUp(name));
    }
    if (key === 'query' && parent.type === 'custom') {
      return value.split(', ').map(translateOption).join(', ');
    }
    // A description is a whole, whatever it ends with.
    return key === 'description' ? lookUp(value) : translateName(key, value);
  };
  const translated = [];
  const collect = (value, key, parent) => {
    if (typeof value === 'string') {
      translated.push(translateValue(key, value, parent));
    } else if (Array.isArray(value)) {
      value.forEach((item) => collect(item, key, parent));
    } else if (value !== null && typeof value === 'object') {
      Object.entries(value).forEach(([property, child]) => collect(child, property, value));
    }
  };
  collect(JSON.parse(source));
  // The values are in the order of the file; a string before a colon is the name of a property.
  return source.replace(/"(?:[^"\\]|\\.)*"(\s*:)?/g, (string, colon) =>
    colon ? string : JSON.stringify(translated.shift())
  );
}

function translateYaml(source, { lookUp }, file) {
  const comment = (block, indent) => {
    const lines = block.trimEnd().split('\n');
    const text = lines.map((line) => line.replace(/^\s*# ?/, '')).join(' ');
    // A line for each sentence.
    const sentences = lookUp(text).match(/[^。]+。?/g);
    return sentences.map((sentence) => `${indent}# ${sentence}\n`).join('');
  };
  const translated = source
    .replace(/^( *)#.*\n(?:\1#.*\n)*/gm, comment)
    .replace(/^( *)(summary|description): >-\n((?:\1 +.*\n)+)/gm, (_block, indent, key, lines) => {
      const text = lines
        .trim()
        .split(/\s*\n\s*/)
        .join(' ');
      return `${indent}${key}: >-\n${indent}  ${lookUp(text)}\n`;
    })
    .replace(/^((?: |-)*(?:title|name|folder): )(.+)$/gm, (_line, key, text) => key + lookUp(text))
    .replace(/(?<=^ *- uid: ).+$/gm, translatedUid);
  return `# 由 provisioning/${file} 和 localize/zh-Hans.json 生成：go tool mage translate。\n${translated}`;
}

/** The text of a file in provisioning/ in the language of the dictionary. */
function translate(file, source, words) {
  return file.endsWith('.json') ? translateDashboard(source, words) : translateYaml(source, words, file);
}

/** The translated files by name, and what is wrong with the table: what it lacks, and what nobody uses. */
function translateAll(texts = JSON.parse(readFileSync(path.join(__dirname, 'zh-Hans.json'), 'utf8'))) {
  const words = dictionary(texts);
  const made = files.map((file) => [
    file,
    translate(file, readFileSync(path.join(root, file), 'utf8'), words),
  ]);
  return { made: Object.fromEntries(made), missing: [...words.missing], unused: words.unused() };
}

function readOrNothing(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function main(check) {
  const { made, missing, unused } = translateAll();
  const problems = [
    ...missing.map((text) => `localize/zh-Hans.json lacks: ${text}`),
    ...unused.map((text) => `localize/zh-Hans.json has what nobody uses: ${text}`),
  ];
  for (const [file, text] of Object.entries(made)) {
    const target = path.join(translatedRoot, file);
    if (readOrNothing(target) === text) {
      continue;
    }
    if (check) {
      problems.push(`provisioning/zh-Hans/${file} is not up to date: go tool mage translate`);
    } else if (problems.length === 0) {
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, text);
    }
  }
  if (problems.length > 0) {
    throw new Error(problems.join('\n'));
  }
}

module.exports = { translateAll };

if (require.main === module) {
  main(argv.includes('--check'));
}
