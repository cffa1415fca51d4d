/** What may become part of a dial string or of a name in Asterisk's configuration, and nothing else. */

/** Returns the number if it is E.164 with its plus and nothing else; throws `BAD_NUMBER`. */
export function e164(number: string): string {
  if (/^\+[1-9]\d{6,14}$/.test(number)) return number;
  throw Object.assign(new Error('not an E.164 number'), { code: 'BAD_NUMBER' });
}

/** Returns a trunk's id if it can name objects of Asterisk's configuration; throws `BAD_TRUNK_ID`. */
export function trunkName(id: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(id)) return id;
  throw Object.assign(new Error('not an id of a trunk'), { code: 'BAD_TRUNK_ID' });
}
