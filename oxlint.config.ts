import { builtinModules } from 'node:module';
import { defineConfig, type OxlintOverride } from 'oxlint';
import packageJson from './package.json' with { type: 'json' };
import { rooms } from './scripts/rooms.ts';

const outside = [
  ...Object.keys({ ...packageJson.dependencies, ...packageJson.devDependencies }),
  ...builtinModules.map((name) => `node:${name}`),
];

/** A pattern that matches any of the names but none of the allowed; what lies below a name counts as the name. */
const anyBut = (names: readonly string[], allowed: readonly string[]): string =>
  names
    .filter((name) => !allowed.includes(name))
    .map((name) => {
      const holdsAllowed = allowed.some((other) => other.startsWith(`${name}/`));
      return name.replaceAll('.', '\\.') + (holdsAllowed ? '$' : '');
    })
    .join('|');

/** Imports run one way: each room may import itself and what `rooms` lists for it, nothing else. */
const roomRules = Object.entries(rooms).map(([room, { imports, packages }]): OxlintOverride => ({
  files: [`src/${room}/**/*.ts`, `src/${room}/**/*.tsx`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${anyBut(Object.keys(rooms), [room, ...imports])})/`,
            message: `The room ${room} may not import this room; see scripts/rooms.ts.`,
          },
          ...(packages === 'any'
            ? []
            : [
                {
                  regex: `^(${anyBut(outside, packages)})(/|$)`,
                  message: `The room ${room} may not use this package; see scripts/rooms.ts.`,
                },
              ]),
        ],
      },
    ],
  },
}));

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true },
  rules: {
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': 'error',
    'no-empty': ['error', { allowEmptyCatch: false }],
    'no-console': 'error',
    eqeqeq: 'error',
    'no-await-in-loop': 'off',
    'unicorn/filename-case': ['error', { case: 'kebabCase' }],
    'no-shadow': 'off',
    'typescript/consistent-return': 'off', // tsc's noImplicitReturns knows exhaustive switches
    'import/no-named-as-default-member': 'off', // fast-check reads best as fc.property
    'unicorn/no-array-sort': 'off',
    'unicorn/prefer-add-event-listener': 'off',
    'import/no-unassigned-import': 'off',
    'typescript/no-unsafe-type-assertion': 'off',
  },
  overrides: [
    ...roomRules,
    { files: ['*.config.ts'], rules: { 'import/no-default-export': 'off' } },
    { files: ['scripts/**'], rules: { 'no-console': 'off' } },
  ],
});
