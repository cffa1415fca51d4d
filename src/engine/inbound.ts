import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { isStatus } from '../asterisk/ari.ts';
import type { AriConnection } from '../asterisk/connection.ts';
import { type Incoming, partiesOf, refuse } from '../asterisk/inbound.ts';
import { answerChannel, ringChannel, setVariable, watchChannel } from '../asterisk/operations.ts';
import { numberDialed, readSipNumber } from '../contact/sip-number.ts';
import type { ToolName } from '../conversation/tools.ts';
import { readPhone } from '../contact/phone.ts';
import type { Connection } from '../db/database.ts';
import {
  type Arrival,
  claimInbound,
  findAnswering,
  finishInbound,
  insertInboundTurn,
  markInboundAnswered,
  refuseInbound,
} from '../db/inbound.ts';
import { zonesOf } from '../schedule/callee-zones.ts';
import { alwaysOpen } from '../schedule/windows.ts';
import type { Calls } from './calls.ts';
import { listAsDnc } from './do-not-call.ts';
import type { Guards } from './guards.ts';
import { type CallRecords, type CallTerms, type RunningCall, persist } from './running-call.ts';

/** The calls that come in. */
export interface Inbound {
  /** Has the agent of the dialed number answer, or refuses. */
  arrive(call: Incoming): void;
  /** Whether a channel that came in, or the call that it became, is being seen to here. */
  owns(id: string): boolean;
}

/** The caller hears it ring for no longer: what answers is ready, or never will be. */
const RING_S = 15;
/** The PBX ends a call by itself this long after its longest, should this process be gone. */
const GRACE_S = 30;
/** What an agent may do without a lead, a campaign or a channel claimed for somebody else. */
const tools: ReadonlySet<ToolName> = new Set(['end_call', 'mark_dnc', 'send_dtmf']);

type Answering = Awaited<ReturnType<typeof findAnswering>>[number];

/** Takes calls while `isOpen`. */
export function createInbound(parts: {
  readonly db: Connection;
  readonly ari: () => AriConnection | null;
  readonly pbx: string;
  readonly calls: Calls;
  readonly guards: Pick<Guards, 'mayTalk'>;
  readonly talkSlots: number;
  readonly isOpen: () => boolean;
  readonly log: Logger;
}): Inbound {
  const { db, calls, log } = parts;
  const here = new Set<string>();

  async function arrive(
    ari: AriConnection,
    { channelId, trunkId, dialed }: Incoming,
    id: string,
  ): Promise<void> {
    if (!parts.isOpen()) return refuse(ari, channelId, 'unavailable');
    // Of a channel that ARI has not made, Asterisk tells no end unless it is asked to.
    await watchChannel(ari, ari.app, channelId);
    const { from, to } = await partiesOf(ari, channelId);
    const ours = await findAnswering(db, { trunkId });
    const agent = numberDialed(ours, dialed) ?? numberDialed(ours, to);
    if (!agent) {
      log.info({ trunkId }, 'a call to a number that nobody answers was refused');
      return refuse(ari, channelId, 'unknown');
    }
    const { number, agentId, talks } = agent;
    const caller = readSipNumber(from, number);
    const arrival = { id, trunkId: agent.trunkId, pbx: parts.pbx, number, caller, agentId, talks };
    if (!parts.guards.mayTalk({ ...agent, speaks: true })) {
      await refuseInbound(db, arrival);
      return refuse(ari, channelId, 'unavailable');
    }
    // Busy, not unavailable: of a trunk that is unavailable carriers think that it is down.
    if (!(await claimInbound(db, { arrival, talkSlots: parts.talkSlots }))) {
      return refuse(ari, channelId, 'busy');
    }
    const call = calls.take(termsOf(agent, arrival, channelId), recordsOf(agent, arrival));
    await Promise.all([call.finished, answer(ari, call)]);
  }

  /** The caller hears it ring while the media leg is opened. */
  async function answer(ari: AriConnection, call: RunningCall): Promise<void> {
    const { channelId, maxCallS } = call.terms;
    call.dispatch({ type: 'placed', at: new Date() });
    const opened = call.open();
    call.dispatch({ type: 'ringing', at: new Date() });
    try {
      const limit = { variable: 'TIMEOUT(absolute)', value: String(RING_S + maxCallS + GRACE_S) };
      await Promise.all([opened, setVariable(ari, channelId, limit), ringChannel(ari, channelId)]);
      await answerChannel(ari, channelId);
    } catch (error) {
      // The caller may have hung up meanwhile.
      if (isStatus(error, 404)) call.dispatch({ type: 'destroyed', at: new Date(), cause: { q850: 0 } });
      else {
        log.warn({ err: error, callId: call.terms.callId }, 'a call could not be answered');
        call.dispatch({ type: 'hangUp', because: 'failure' });
      }
    }
  }

  function recordsOf(agent: Answering, { id, caller }: Arrival): CallRecords {
    return {
      briefing: async () => ({
        ...agent,
        objective: agent.objective || 'Find out what the caller wants, and help them.',
        tools: agent.tools.filter((name) => tools.has(name)),
        zones: zonesAt(caller),
        windows: alwaysOpen,
        objectiveFields: [],
        transferTargets: [],
      }),
      async neverAgain(said) {
        if (caller === null) return log.warn({ callId: id }, 'a caller without a number can not be listed');
        await listAsDnc(db, calls, { number: caller, campaignId: null, source: 'callee', reason: said });
      },
      addTurn: async (_n, turn) => insertInboundTurn(db, { id, turn }),
      // There is no campaign that wants to know anything.
      addField: async () => undefined,
      onState(call) {
        if (call.state !== 'speaking') return;
        markInboundAnswered(db, { id, at: new Date() }).catch((error: unknown) =>
          log.error({ err: error }, 'progress could not be written'),
        );
      },
      async onEnded(end) {
        const write = async (): Promise<void> => finishInbound(db, { id, ...end });
        await write().catch(async (error: unknown) => {
          log.error({ err: error }, 'the end of a call could not be written; trying again');
          await persist(write);
        });
      },
    };
  }

  return {
    arrive(incoming) {
      const { channelId } = incoming;
      const ari = parts.ari();
      // Before the first connection is complete: what came in by then is ended when it is.
      if (!ari || here.has(channelId)) return;
      const ids = [channelId, randomUUID()] as const;
      for (const id of ids) here.add(id);
      arrive(ari, incoming, ids[1])
        .catch(async (error: unknown) => {
          if (isStatus(error, 404)) return;
          log.error({ err: error }, 'a call that came in could not be taken');
          await refuse(ari, channelId, 'unavailable');
          // Whether it was written down the database may not have been able to say.
          const lost = { id: ids[1], disposition: 'lost_app', trail: null, recording: null } as const;
          await persist(async () => finishInbound(db, lost));
        })
        .catch((error: unknown) => log.warn({ err: error }, 'a call that came in was left to its limit'))
        .finally(() => ids.forEach((id) => here.delete(id)));
    },
    owns: (id) => here.has(id),
  };
}

function termsOf(agent: Answering, arrival: Arrival, channelId: string): CallTerms {
  return {
    ...agent,
    callId: arrival.id,
    channelId,
    inbound: true,
    callerId: arrival.number,
    ringTimeoutS: RING_S,
    voicemailMessage: '',
    answerThresholds: null,
    // Whoever shows a number need not be the contact that it belongs to: nobody is told what we know of them.
    values: { phone: arrival.caller ?? '' },
  };
}

function zonesAt(caller: string | null): readonly string[] {
  const phone = readPhone(caller ?? '', null);
  return 'country' in phone ? zonesOf({ timezone: null, country: phone.country }).zones : [];
}
