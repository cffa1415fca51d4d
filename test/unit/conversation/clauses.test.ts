import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clauser, heardPart, speakable } from '../../../src/conversation/clauses.ts';

const cut = (...pieces: readonly string[]): readonly string[] => {
  const stage = clauser();
  return [...pieces.flatMap((piece) => stage.push(piece)), ...stage.flush()];
};

test.each([
  ['Certainly, I can help you with that.', ['Certainly,', 'I can help you with that.']],
  [
    'Yes, of course. You can park behind the house.',
    ['Yes,', 'of course.', 'You can park behind the house.'],
  ],
  ['Sure. Bye!', ['Sure.', 'Bye!']],
  ['Dr. Miller sees you at 10.30 on Tuesday.', ['Dr. Miller sees you at 10.30 on Tuesday.']],
  ['It costs 3,000 pounds in all, I think.', ['It costs 3,000 pounds in all,', 'I think.']],
  ['**Great!** 😀 See you.', ['Great!', 'See you.']],
  ['', []],
  ['   ', []],
  ['No end', ['No end']],
])('%s', (text, clauses) => {
  expect(cut(text)).toEqual(clauses);
});

const letters = (said: string): string => said.replaceAll(/[^a-zA-Z0-9]/g, '');

test('it does not matter how the text arrives, and no word is lost', () => {
  const text = fc.array(fc.constantFrom('yes', 'no,', 'well.', 'Dr.', '10', '– so', 'why?'), {
    minLength: 1,
    maxLength: 40,
  });
  fc.assert(
    fc.property(text, (words) => {
      const whole = words.join(' ');
      expect(cut(...Array.from(whole))).toEqual(cut(whole));
      expect(letters(cut(whole).join(' '))).toBe(letters(whole));
    }),
  );
});

test('a clause without any pause is cut all the same', () => {
  expect(cut('word '.repeat(100)).every((clause) => clause.length <= 160)).toBe(true);
});

test.each([
  ['one two three four', 1, 'one two three four'],
  ['one two three four', 0.5, 'one two'],
  ['one two three four', 0.1, ''],
  ['one two three four', 0, ''],
])('of "%s" the share %f is "%s"', (clause, share, heard) => {
  expect(heardPart(clause, share)).toBe(heard);
});

test('what is spoken has no marks of a page and no control characters', () => {
  expect(speakable('# Hi\u0007 <b>you</b> `x`\n{1}')).toBe('Hi b you /b x 1');
});
