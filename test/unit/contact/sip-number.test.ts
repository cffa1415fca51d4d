import { describe, expect, test } from 'vitest';
import { numberDialed, readSipNumber } from '../../../src/contact/sip-number.ts';

describe('a number in SIP', () => {
  test.each([
    ['+441134960570', '+441134960570'],
    ['00441134960570', '+441134960570'],
    ['441134960570', '+441134960570'],
    ['01134960570', '+441134960570'],
    ['+4930901820', '+4930901820'],
    ['004930901820', '+4930901820'],
    ['4930901820', '+4930901820'],
    ['+447700900555', '+447700900555'],
    ['00447700900555', '+447700900555'],
    ['anonymous', null],
    ['200', null],
    ['', null],
  ])('%s, with a number in Leeds, is %s', (text, number) => {
    expect(readSipNumber(text, '+441134960001')).toBe(number);
  });

  test('00 is read as the international prefix also where people dial 011', () => {
    expect(readSipNumber('00441134960570', '+12125550123')).toBe('+441134960570');
    expect(readSipNumber('2125550199', '+12125550123')).toBe('+12125550199');
  });
});

describe('the number of ours that was dialed', () => {
  const ours = ['+441134960001', '+448457000000', '+4930901820'].map((number) => ({ number }));
  test.each([
    ['+441134960001', '+441134960001'],
    ['00441134960001', '+441134960001'],
    ['441134960001', '+441134960001'],
    ['01134960001', '+441134960001'],
    ['030901820', '+4930901820'],
    // Nobody may be rung there, but we may be.
    ['448457000000', '+448457000000'],
    ['+441134960002', undefined],
    ['customer', undefined],
    ['', undefined],
  ])('%s is %s', (dialed, number) => {
    expect(numberDialed(ours, dialed)?.number).toBe(number);
  });
});
