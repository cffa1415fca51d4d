import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderOpening, renderTemplate, templateFaults } from '../../../src/conversation/template.ts';

const lena = { first_name: 'Lena', company: 'Acme', plan: 'Gold' };

const ai = 'I am an AI of Acme.';
const recorded = 'This call is recorded.';

test.each([
  [recorded, ai, 'Hello {{first_name}}.', `${recorded} ${ai} Hello Lena.`],
  [recorded, '', 'Hello.', `${recorded} Hello.`],
  ['', ai, 'Hello.', `${ai} Hello.`],
  ['', '', 'Hello.', 'Hello.'],
  [recorded, ai, `Hello. ${ai}`, `${recorded} Hello. ${ai}`],
  [recorded, ai, `Hello. ${recorded}`, `${ai} Hello. ${recorded}`],
  [recorded, `${ai} ${recorded}`, 'Hello.', `${ai} ${recorded} Hello.`],
])(
  'an agent that notifies with %j, discloses %j and greets with %j says %j',
  (recordingNotice, disclosure, greeting, said) => {
    expect(renderOpening({ recordingNotice, disclosure, greeting }, lena)).toBe(said);
  },
);

describe('renderTemplate', () => {
  test.each([
    ['Hello {{first_name}}!', 'Hello Lena!'],
    ['Hello {{ first_name }}, of {{company}}.', 'Hello Lena, of Acme.'],
    ['Your plan is {{plan}}.', 'Your plan is Gold.'],
    ['Hello {{last_name|there}}!', 'Hello there!'],
    ['Hello {{first_name|there}}!', 'Hello Lena!'],
    ['Hello {{last_name}}, good day.', 'Hello, good day.'],
    ['{{last_name|}} good  day', 'good day'],
    ['Hello {{constructor}}{{__proto__}}.', 'Hello.'],
    ['A {{ brace }} and {{ } left', 'A and } left'],
    ['no fields', 'no fields'],
    ['', ''],
  ])('%j becomes %j', (template, spoken) => {
    expect(renderTemplate(template, lena)).toBe(spoken);
  });

  test.each([
    ['Le\u0000na\n\u001b[2J', 'Hi Le na [2J.'],
    ['Zo\u0308e', 'Hi Zöe.'],
    ['\u202eneL\u200b', 'Hi neL.'],
    ['  ', 'Hi.'],
    ['{{phone}}', 'Hi phone.'],
    ['x'.repeat(5_000), `Hi ${'x'.repeat(100)}.`],
    [undefined, 'Hi.'],
  ])('a value %j is made fit to be spoken: %j', (value, spoken) => {
    expect(renderTemplate('Hi {{first_name}}.', { first_name: value })).toBe(spoken);
  });

  test('whatever a contact holds, no control or format character is spoken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        expect(renderTemplate('Hi {{first_name|you}}.', { first_name: value })).not.toMatch(
          /\p{C}|\{\{|\}\}/u,
        );
      }),
    );
  });
});

describe('templateFaults', () => {
  test.each([
    ['Hello {{first_name}}, your {{Plan Name|plan}}', []],
    ['Your {{plan|}}', []],
    ['Hello {{frist_name}}', ['{{frist_name}}: the usual fields are first_name']],
    ['{{plan}} {{nope}}', ['{{plan}}:', '{{nope}}:']],
    ['Hello {{first_name', ['"Hello {{first_name": a field is written {{name}}']],
    ['Hello {{}}', ['a field is written']],
    ['Hello {first_name}', []],
  ])('%j', (template, faults) => {
    const found = templateFaults(template);
    expect(found).toHaveLength(faults.length);
    for (const [i, fault] of faults.entries()) expect(found[i]).toContain(fault);
  });

  test.each(['first_name', 'last_name', 'email', 'company', 'title', 'phone'])('%s is usual', (field) => {
    expect(templateFaults(`{{${field}}}`)).toEqual([]);
  });
});
