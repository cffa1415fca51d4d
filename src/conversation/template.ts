/**
 * Templates for what an agent says: `Hello {{first_name|there}}, this is Anna.`
 * `{{name}}` stands for a field of the contact, the text after `|` is said when the contact lacks it.
 */

/** Fields that every contact may have; further columns of a list are custom fields under their own names. */
const contactFields = ['first_name', 'last_name', 'email', 'company', 'title', 'phone'] as const;

/** A longer value is a mistake or an attack, not something to read to a person. */
const LONGEST_VALUE = 100;

const placeholder = /\{\{\s*([\p{L}\p{N}_ .-]+?)\s*(?:\|([^{}]*))?\}\}/gu;

/**
 * What is wrong with a template, a sentence each. Custom fields have any name, so one that is none of the usual needs
 * something to say without it: that tells a custom field from a slip of the pen.
 */
export function templateFaults(template: string): string[] {
  const faults: string[] = [];
  for (const [whole, name = '', fallback] of template.matchAll(placeholder)) {
    if ((contactFields as readonly string[]).includes(name) || fallback !== undefined) continue;
    faults.push(
      `${whole}: the usual fields are ${contactFields.join(', ')}; a custom field is written {{${name}|what to say without it}}.`,
    );
  }
  const rest = template.replaceAll(placeholder, '').match(/.{0,10}(\{\{|\}\}).{0,10}/u);
  if (rest) faults.push(`"${rest[0]}": a field is written {{name}} or {{name|what to say without it}}.`);
  return faults;
}

/**
 * The template with the contact's values, fit to be spoken: no control characters, no doubled blanks, no blank
 * left before a comma by a missing value. What the template gets wrong is left out rather than spoken.
 */
export function renderTemplate(
  template: string,
  values: Readonly<Record<string, string | undefined>>,
): string {
  const text = template
    .replaceAll(placeholder, (_whole, name: string, fallback = '') => {
      const value = Object.hasOwn(values, name) ? plain(values[name] ?? '').slice(0, LONGEST_VALUE) : '';
      return value || fallback;
    })
    .replaceAll(/\{\{|\}\}/gu, '');
  return plain(text).replaceAll(/ +([,.;:!?])/gu, '$1');
}

/** What an agent says first: that the call is recorded, that an AI speaks, its greeting; nothing of it twice. */
export function renderOpening(
  agent: { readonly recordingNotice: string; readonly disclosure: string; readonly greeting: string },
  values: Readonly<Record<string, string | undefined>>,
): string {
  const greeting = renderTemplate(agent.greeting, values);
  return saying(agent.recordingNotice, saying(agent.disclosure, greeting));
}

const saying = (sentence: string, text: string): string =>
  text.includes(sentence) ? text : `${sentence} ${text}`;

function plain(text: string): string {
  return text
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Z}]+/gu, ' ')
    .replaceAll(/\p{C}/gu, '')
    .trim();
}
