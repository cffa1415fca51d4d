import { clauser } from '../conversation/clauses.ts';
import type { Reply, Use } from '../conversation/engines.ts';
import { leakGuard } from '../conversation/leaks.ts';

/** What a model's answer has come to when its words are spoken. */
export interface Composed {
  /** What the model wants done, in its order. */
  readonly uses: readonly Use[];
  /** It began to read out its instructions; nothing was spoken from there on. */
  readonly leaked: boolean;
  /** The last that was spoken is a question. */
  readonly asks: boolean;
  /** There were no words. */
  readonly silent: boolean;
}

/** Cuts an answer into clauses as it comes and has each spoken at once. Throws what the model throws. */
export async function compose(
  replies: AsyncIterable<Reply>,
  to: {
    readonly instruction: string;
    readonly onWord: () => void;
    readonly say: (clause: string) => void;
  },
): Promise<Composed> {
  const clauses = clauser();
  const isLeaking = leakGuard(to.instruction);
  const uses: Use[] = [];
  let leaked = false;
  let asks = false;
  let silent = true;
  const say = (clause: string): void => {
    silent = false;
    leaked ||= isLeaking(clause);
    if (leaked) return;
    asks = clause.endsWith('?');
    to.say(clause);
  };
  for await (const reply of replies) {
    to.onWord();
    if (reply.type === 'use') uses.push(reply);
    else for (const clause of clauses.push(reply.text)) say(clause);
  }
  for (const clause of clauses.flush()) say(clause);
  return { uses, leaked, asks, silent };
}
