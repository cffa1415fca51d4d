import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createDecoder } from '../../../src/contact/decode.ts';
import { sniffDialect, sniffEncoding } from '../../../src/contact/sniff.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const utf16 = (text: string, littleEndian: boolean): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), littleEndian);
  return bytes;
};
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

test.each([
  ['plain', utf8('phone,name\n+4915123456789,Ada'), { encoding: 'ascii' }],
  ['UTF-8', utf8('phone,name\n1,Zoë\n'), { encoding: 'utf-8' }],
  ['a first other byte at the end', latin1('phone,name\n1,Zo\xEB'), { encoding: 'ascii' }],
  ['UTF-8 cut inside a character', utf8('phone,name\n1,Zoë 😀').subarray(0, -1), { encoding: 'utf-8' }],
  ['UTF-8 with its mark', utf8('\uFEFFphone'), { encoding: 'utf-8' }],
  ['UTF-16LE with its mark', utf16('\uFEFFphone', true), { encoding: 'utf-16le' }],
  ['UTF-16BE with its mark', utf16('\uFEFFphone', false), { encoding: 'utf-16be' }],
  ['UTF-16LE without', utf16('phone;name\n', true), { encoding: 'utf-16le' }],
  ['UTF-16BE without', utf16('phone;name\n', false), { encoding: 'utf-16be' }],
  ['Windows-1252', latin1('phone,name\n1,Zo\xEB\n'), { encoding: 'windows-1252' }],
  ['an empty file', new Uint8Array(), { problem: 'empty' }],
  ['an xlsx', latin1('PK\x03\x04\x14\x00'), { problem: 'workbook' }],
  ['an xls', Uint8Array.of(0xd0, 0xcf, 0x11, 0xe0, 0xa1), { problem: 'workbook' }],
  ['a PDF', latin1('%PDF-1.7'), { problem: 'pdf' }],
  ['a gzip', Uint8Array.of(0x1f, 0x8b, 8), { problem: 'compressed' }],
  ['a zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), { problem: 'compressed' }],
  [
    'a text with a stray control character',
    latin1(`phone\n${'1234567890\n'.repeat(20)}\x07`),
    { encoding: 'ascii' },
  ],
  ['a few bytes', Uint8Array.of(1, 2, 3, 0, 5), { problem: 'binary' }],
  ['control characters without NUL', latin1('\x01\x02\x03phone'), { problem: 'binary' }],
  ['a program', latin1('\x7FELF\x02\x01\x01\x00\x00'), { problem: 'binary' }],
])('%s is told from its first bytes', (_, bytes, expected) => {
  expect(sniffEncoding(bytes)).toEqual(expected);
});

function decodeIn(pieces: readonly Uint8Array[]): string {
  const decoder = createDecoder(pieces[0] ?? new Uint8Array());
  if ('problem' in decoder) throw new Error(decoder.problem);
  return [...pieces.map((piece) => decoder.push(piece)), decoder.flush()].join('');
}

test.each([
  ['UTF-8', utf8('Zoë 😀 €')],
  ['UTF-8 with its mark', utf8('\uFEFFZoë 😀 €')],
  ['UTF-16LE', utf16('\uFEFFZoë 😀 €', true)],
  ['UTF-16BE', utf16('\uFEFFZoë 😀 €', false)],
])('%s is read whole or in pieces', (_, bytes) => {
  for (let cut = 4; cut <= bytes.length; cut++) {
    expect(decodeIn([bytes.subarray(0, cut), bytes.subarray(cut)])).toBe('Zoë 😀 €');
  }
});

test('Windows-1252 is read with its quotes and its euro', () => {
  expect(decodeIn([Uint8Array.of(0x80, 0x20, 0x93, 0x5a, 0x6f, 0xeb, 0x94)])).toBe('€ “Zoë”');
});

test('a file that starts in ASCII is read as what it turns out to be, wherever it is cut', () => {
  const piece = fc.integer({ min: 1, max: 5 });
  fc.assert(
    fc.property(
      fc.constantFrom('Zoë', 'é', 'ééé 😀', 'ad “ad”'),
      fc.array(piece, { maxLength: 9 }),
      (name, cuts) => {
        const bytes = utf8(`phone\n${name}`);
        const pieces: Uint8Array[] = [bytes.subarray(0, 6)];
        let from = 6;
        for (const cut of cuts) pieces.push(bytes.subarray(from, (from += cut)));
        pieces.push(bytes.subarray(from));
        expect(decodeIn(pieces)).toBe(`phone\n${name}`);
      },
    ),
  );
  expect(decodeIn([latin1('phone\n'), latin1('Zo\xEB, \x93Ada\x94')])).toBe('phone\nZoë, “Ada”');
  expect(decodeIn([latin1('phone\n'), latin1('Zo\xEB')])).toBe('phone\nZoë');
  expect(decodeIn([latin1('phone\n')])).toBe('phone\n');
});

test('bytes that do not fit the encoding are an error, not a wrong name', () => {
  expect(() => decodeIn([utf8('Zoë,'), Uint8Array.of(0xeb, 0x2c, 0x2c, 0x2c)])).toThrow(TypeError);
});

test('a binary file gives its problem', () => {
  expect(createDecoder(latin1('PK\x03\x04'))).toEqual({ problem: 'workbook' });
});

test.each([
  ['commas', 'phone,name\n1,Ada\n', ',', 0],
  ['semicolons', 'phone;name\n1;Ada\n', ';', 0],
  ['semicolons with decimal commas', 'phone;score;name\n1;0,5;Ada\n2;0,7;Zoë\n', ';', 0],
  ['tabs', 'phone\tname\n1\tAda, Countess\n', '\t', 0],
  ['pipes', 'phone|name\r\n1|Ada\r\n', '|', 0],
  ['delimiters and line breaks in quotes', 'phone;"a,b,c\n,,,"\n1;"x,y,z"\n', ';', 0],
  ['a single column', 'phone\n+4915123456789\n', ',', 0],
  ['a declared delimiter', 'sep=;\r\nphone;name\r\n', ';', 1],
  ['a header without a line break', 'phone;name', ';', 0],
  ['nothing', '', ',', 0],
])('%s are told from the first text', (_, text, delimiter, skipLines) => {
  expect(sniffDialect(text)).toEqual({ delimiter, skipLines });
});
