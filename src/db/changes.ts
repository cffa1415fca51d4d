/** Some of the fields; undefined leaves a field as it is. */
export type Changes<Fields> = { readonly [Name in keyof Fields]?: Fields[Name] | undefined };

const codes = { foreign_key: '23503', unique: '23505' } as const;

/** Whether the database refused because of a constraint of this kind, and (if named) of this very one. */
export function violates(error: unknown, kind: keyof typeof codes, constraint?: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === codes[kind] &&
    (constraint === undefined || ('constraint' in error && error.constraint === constraint))
  );
}
