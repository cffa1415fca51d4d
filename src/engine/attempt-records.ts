import { insertFields } from '../db/analyses.ts';
import { briefingOf } from '../db/briefing.ts';
import type { Reserved } from '../db/claim.ts';
import type { Connection } from '../db/database.ts';
import type { Ended } from '../db/finish.ts';
import { insertTurn } from '../db/transcripts.ts';
import type { CallCommands } from './commands.ts';
import { listAsDnc } from './do-not-call.ts';
import type { LiveFeed } from './live.ts';
import type { ProgressLog } from './progress-log.ts';
import type { CallRecords } from './running-call.ts';

/** The records of an attempt of a campaign. */
export const attemptRecords =
  (parts: {
    readonly db: Connection;
    readonly calls: () => Pick<CallCommands, 'cancel'>;
    readonly progress: Pick<ProgressLog, 'note'>;
    readonly live: Pick<LiveFeed, 'publish'>;
    readonly onEnded: (ended: Ended) => Promise<void>;
  }) =>
  (reserved: Reserved): CallRecords => {
    const { db } = parts;
    const { attemptId, campaignId, leadId, number } = reserved;
    return {
      briefing: async () => briefingOf(db, { leadId }),
      async neverAgain(said) {
        // The call in which it was said ends by itself, after it has been acknowledged.
        const others: Pick<CallCommands, 'cancel'> = {
          cancel: (ids, because) =>
            parts.calls().cancel(
              ids.filter((id) => id !== attemptId),
              because,
            ),
        };
        await listAsDnc(db, others, { number, campaignId: null, source: 'callee', reason: said });
      },
      addTurn: async (n, turn) => insertTurn(db, { callId: attemptId, n, turn }),
      addField: async (result) => insertFields(db, { callId: attemptId, source: 'agent', fields: [result] }),
      onState(call) {
        const state = parts.progress.note(attemptId, call);
        if (!state) return;
        const disposition = call.state === 'ended' ? call.disposition : null;
        const at = new Date();
        parts.live.publish({ type: 'call', id: attemptId, campaignId, leadId, state, disposition, at });
      },
      onEnded: async (end) => parts.onEnded({ attemptId, ...end }),
    };
  };
