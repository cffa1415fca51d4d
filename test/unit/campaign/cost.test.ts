import { expect, test } from 'vitest';
import { bill } from '../../../src/campaign/cost.ts';

const perMinute = { costPerMinute: 0.06, minimumS: 0, incrementS: 60 };
test.each([
  ['no talk costs nothing', perMinute, 0, 0, 0],
  ['a begun minute is a minute', perMinute, 1, 60, 0.06],
  ['a second more is two', perMinute, 60_001, 120, 0.12],
  ['by the second', { ...perMinute, incrementS: 1 }, 90_000, 90, 0.09],
  ['30/6 below the minimum', { costPerMinute: 0.06, minimumS: 30, incrementS: 6 }, 5000, 30, 0.03],
  ['30/6 above it', { costPerMinute: 0.06, minimumS: 30, incrementS: 6 }, 33_000, 36, 0.036],
  ['a free trunk', { costPerMinute: 0, minimumS: 30, incrementS: 6 }, 33_000, 36, 0],
])('%s', (_, tariff, talkMs, billedS, cost) => {
  expect(bill(tariff, talkMs)).toEqual({ billedS, cost });
});
