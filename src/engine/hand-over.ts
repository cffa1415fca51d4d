import type { Logger } from 'pino';
import type { TransferTarget } from '../conversation/tools.ts';
import type { Actions } from './actions.ts';

/** A callee on the way to somebody of the team; the agent goes on talking to them while the target's phone rings. */
export interface HandOver {
  /** Puts the callee through, unless they wait already; `said` is what they have said last. */
  start(target: TransferTarget, said: string): void;
  isWaiting(): boolean;
  /** Whether nobody takes them and they have not been told; who asks tells them. */
  takeBack(): boolean;
}

/** `onTogether`: both hear each other. `onBack`: nobody is to be had, also because something has failed. */
export function createHandOver(parts: {
  readonly actions: Pick<Actions, 'putThrough'> | undefined;
  readonly onTogether: () => void;
  readonly onBack: () => void;
  readonly log: Logger;
}): HandOver {
  const { actions, log } = parts;
  let state: 'none' | 'waiting' | 'back' = 'none';

  async function putThrough(
    by: Pick<Actions, 'putThrough'>,
    target: TransferTarget,
    said: string,
  ): Promise<void> {
    let together = false;
    try {
      together = await by.putThrough(target, said);
    } catch (error) {
      log.error({ err: error }, 'the callee was not put through');
    }
    state = together ? 'none' : 'back';
    if (together) parts.onTogether();
    else parts.onBack();
  }

  return {
    start(target, said) {
      if (state === 'waiting' || !actions) return;
      state = 'waiting';
      void putThrough(actions, target, said);
    },
    isWaiting: () => state === 'waiting',
    takeBack() {
      if (state !== 'back') return false;
      state = 'none';
      return true;
    },
  };
}
