import { errorText } from './errorText';

it.each([
  [{ data: { message: 'refused', error: 'Forbidden' }, statusText: 'Forbidden' }, 'refused'],
  [{ data: { error: 'Forbidden' }, statusText: 'odd' }, 'Forbidden'],
  [{ data: {}, statusText: 'Bad Gateway' }, 'Bad Gateway'],
  [new Error('offline'), 'offline'],
  ['odd', 'odd'],
  [undefined, 'undefined'],
])('finds the words in the error %j', (error, words) => {
  expect(errorText(error)).toBe(words);
});
