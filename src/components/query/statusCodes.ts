/** What is looked for most; any other code can be typed. */
export const COMMON_CODES = [
  ...['2xx', '3xx', '4xx', '5xx'],
  ...['200', '206', '301', '302', '304'],
  ...['400', '403', '404', '416', '499'],
  ...['500', '502', '503', '504'],
];

/** Whether a text is a class of status codes, a code, or a variable, whose values the backend checks. */
export const isCode = (text: string) => /^([1-5]xx|[1-9]\d\d)$/i.test(text) || text.includes('$');
