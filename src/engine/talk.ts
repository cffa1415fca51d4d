import type { Logger } from 'pino';
import type { Chat, SpeechDetector, Synthesizer, Transcriber } from '../conversation/engines.ts';
import { languageOf } from '../conversation/intents.ts';
import { phrasesOf } from '../conversation/phrases.ts';
import { instruction } from '../conversation/prompt.ts';
import type { Agreement } from '../conversation/script.ts';
import { renderOpening, renderTemplate } from '../conversation/template.ts';
import type { TransferTarget } from '../conversation/tools.ts';
import type { SpokenTurn } from '../conversation/transcript.ts';
import { findPassages } from '../db/documents.ts';
import type { CallBriefing } from '../db/briefing.ts';
import type { Connection } from '../db/database.ts';
import type { Actions } from './actions.ts';
import { startConversation } from './conversation.ts';
import type { CallTerms } from './running-call.ts';
import type { StartTalk } from './voice-session.ts';

/** What conversations need: engines shared by all calls, and what follows one. */
export interface TalkEngines {
  readonly chat: Chat;
  /** Listens to a language, two letters. */
  readonly transcriber: (language: string) => Transcriber;
  readonly detector: () => SpeechDetector;
}

/** What an agent's actions come to on the line and in the records of its call. */
export type OnLine = Pick<Actions, 'record' | 'sendDigits' | 'ignored'> & {
  /** `brief` is what the target is told first. */
  readonly putThrough: (target: TransferTarget, brief: string) => Promise<boolean>;
};

/** The last words of a conversation, before the PBX's own limit. */
const FAREWELL_MS = 12_000;

/** The way to begin an agent's conversation once there is a line. */
export function conversationOf(
  { db }: { readonly db: Connection },
  call: {
    readonly terms: CallTerms;
    readonly briefing: CallBriefing;
    /** The contact's values for templates. */
    readonly fields: Readonly<Record<string, string>>;
    readonly talk: TalkEngines;
    readonly synthesizer: Synthesizer;
    readonly agree: (agreement: Agreement) => Promise<void>;
    readonly onLine: OnLine;
    readonly onTurn: (n: number, turn: SpokenTurn) => void;
    readonly log: Logger;
  },
): StartTalk {
  const { terms, briefing, fields, talk } = call;
  const language = languageOf(briefing.language);
  const { phone: _phone, ...facts } = fields;
  const { agentId } = briefing;
  let n = 0;
  return (line, onWords) =>
    startConversation({
      line,
      onWords,
      chat: talk.chat,
      transcriber: talk.transcriber(briefing.language.slice(0, 2)),
      detector: talk.detector(),
      synthesizer: call.synthesizer,
      instruction: instruction({
        ...briefing,
        objective: renderTemplate(briefing.objective, fields),
        contact: facts,
        localTime: localTime(briefing.zones, briefing.language, new Date()),
      }),
      opening: renderOpening(terms, fields),
      scene: {
        inbound: terms.inbound,
        hidden: terms.inbound && fields['phone'] === '',
        language,
        agentName: briefing.name,
        disclosure: briefing.disclosure || phrasesOf[language].disclosure,
        windows: briefing.windows,
        zones: briefing.zones,
      },
      tools: briefing.tools,
      recall: async (said) => findPassages(db, { agentId, language: briefing.language, said }),
      actions: {
        ...call.onLine,
        fields: briefing.objectiveFields,
        targets: briefing.transferTargets,
        putThrough: async (target, said) => {
          const callee = `${fields['first_name'] ?? ''} ${fields['last_name'] ?? ''}`.trim();
          const brief = phrasesOf[language].handOver({ agent: briefing.name, callee, said });
          return call.onLine.putThrough(target, brief);
        },
      },
      noInputMs: briefing.noInputS * 1000,
      longestMs: Math.max(FAREWELL_MS, terms.maxCallS * 1000 - FAREWELL_MS),
      agree: call.agree,
      onTurn: (turn) => call.onTurn(n++, turn),
      log: call.log,
    });
}

/** The callee's weekday, date and time; empty when they may be in several zones. */
function localTime(zones: readonly string[], language: string, now: Date): string {
  const texts = zones.map((timeZone) =>
    new Intl.DateTimeFormat(language, { dateStyle: 'full', timeStyle: 'short', timeZone }).format(now),
  );
  return new Set(texts).size === 1 ? (texts[0] ?? '') : '';
}
