import type { Message, Use } from '../conversation/engines.ts';
import { meaningOf } from '../conversation/field-value.ts';
import type { FieldResult, ObjectiveField } from '../conversation/objective.ts';
import type { Scene } from '../conversation/script.ts';
import {
  type Action,
  type Toolbox,
  type TransferTarget,
  actionOf,
  toolNames,
} from '../conversation/tools.ts';

/** What an agent can do on the line and in the records besides talking. */
export interface Actions {
  /** What the campaign wants to know. */
  readonly fields: readonly ObjectiveField[];
  /** To whom callees may be put through. */
  readonly targets: readonly TransferTarget[];
  readonly record: (result: FieldResult) => void;
  readonly sendDigits: (digits: string) => void;
  /**
   * Rings the target and tells them what the callee has said; resolves to true when both hear each other, to false when
   * nobody is to be had.
   */
  readonly putThrough: (target: TransferTarget, said: string) => Promise<boolean>;
  /** The model wanted something that is not on the agent's lists. */
  readonly ignored: () => void;
}

/** What changes the course of the conversation. */
type LineAction = Exclude<Action, { readonly type: 'record_field' | 'send_dtmf' }>;

/** A model writes down late what it has heard: the answer is looked for in this many lines. */
const MOST_LINES = 3;

/**
 * Does what needs no further word: writes down fields and presses keys. A field is only written down with a line of the
 * callee that says so; what is not on the agent's lists is only counted. Returns the most urgent of all other actions.
 */
export function actAside(
  uses: readonly Use[],
  box: Toolbox,
  {
    actions,
    history,
    scene,
    now,
  }: {
    readonly actions: Actions | undefined;
    readonly history: readonly Message[];
    readonly scene: Pick<Scene, 'language' | 'zones'>;
    readonly now: Date;
  },
): LineAction | undefined {
  const wanted = uses.flatMap((use) => actionOf(use, box) ?? []);
  for (let left = uses.length - wanted.length; left > 0; left -= 1) actions?.ignored();
  const lines = history.flatMap(({ role, text }) => (role === 'callee' ? [text] : [])).slice(-MOST_LINES);
  const meaning = {
    language: scene.language,
    zone: scene.zones.length === 1 ? (scene.zones[0] ?? null) : null,
    now,
  };
  for (const action of wanted) {
    if (action.type === 'send_dtmf') actions?.sendDigits(action.digits);
    if (action.type !== 'record_field') continue;
    const { field, answer } = action;
    const [found] = lines.toReversed().flatMap((quote) => {
      const value = meaningOf(field, answer, quote, meaning);
      return value === null ? [] : [{ name: field.name, value, quote }];
    });
    if (found) actions?.record(found);
    else actions?.ignored();
  }
  return toolNames
    .flatMap((name) => wanted.find(({ type }) => type === name) ?? [])
    .find((action): action is LineAction => action.type !== 'record_field' && action.type !== 'send_dtmf');
}
