/** Why a row of a list is refused, as a sentence for whoever made the list. */
export const refusals = {
  phone_missing: 'There is no phone number.',
  spreadsheet_number:
    'A spreadsheet has turned the phone number into a decimal or rounded it: format the column as text and export it again.',
  not_a_number: 'This is not a phone number.',
  country_unknown: 'The phone number has no country code, and no default country is set.',
  calling_code_unknown: 'No country has this calling code.',
  ambiguous:
    'The phone number reads with and without its country code: write it with + or with the leading 0.',
  too_short: 'The phone number is too short.',
  too_long: 'The phone number is too long.',
  wrong_length: 'Phone numbers of this country never have this length.',
  not_assigned: 'This country has no such phone number.',
  extension: 'A phone number with an extension cannot be dialed.',
  premium: 'Premium-rate numbers are not called.',
  shared_cost: 'Shared-cost numbers are not called.',
  satellite: 'Satellite numbers are not called.',
  personal: 'Personal forwarding numbers are not called.',
  pager: 'Pagers are not called.',
  voicemail_access: 'Voicemail access numbers are not called.',
  no_country: 'The phone number belongs to no country, so its calling hours are unknown.',
  email_invalid: 'This is not an e-mail address.',
  zone_unknown: 'This is not an IANA time zone of a place, such as Europe/Berlin.',
  field_too_long: 'A field is too long.',
  column_count: 'The row has another number of columns than the header.',
} as const;

/** The code of a refusal. */
export type Refusal = keyof typeof refusals;
