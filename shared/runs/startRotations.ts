import pLimit from "p-limit";
import type { Credential } from "../model/credential.ts";
import type { DeliveryStatus } from "../model/run.ts";
import { credentialRow } from "../publish/rows/rotationRows.ts";
import type { Row } from "../publish/sink.ts";
import { type Candidate, dueCredentials, type DueDecision, nextDueAt } from "../rotate/dueCredentials.ts";
import type { CredentialFacts } from "../rotate/publishedFacts.ts";
import { RotationError } from "../rotate/rotationError.ts";
import type { Remark } from "../rotate/tickReport.ts";
import { type CredentialState, readCredentialState, shownState } from "./credentialState.ts";
import { deliverTables } from "./deliver.ts";
import { rowContext } from "./recordTick.ts";
import { readKnownServer, writeLastStart } from "./rotationHints.ts";
import type { CredentialPorts } from "./rotationPorts.ts";

/** Reads of vaults and blobs at a time. */
const readConcurrency = 16;

/** Messages sent at a time: one queue takes some 2,000 a second. */
const dispatchConcurrency = 16;

export interface StartedRotations extends DueDecision {
  /** Credentials whose vault did not answer, and why: sentences. */
  readonly unread: readonly { readonly credential: string; readonly why: string }[];
  readonly delivery: DeliveryStatus;
}

interface Look {
  readonly credential: Credential;
  /** Null when the vault did not answer. */
  readonly facts: CredentialFacts | null;
  readonly state: CredentialState;
  readonly fault: Remark | null;
}

/**
 * One tick of the rotate timer: finds what is due and hands each to a worker. Nothing is remembered between ticks, so a
 * missed one is made up for by the next; the same tick again sends messages of the same ids, which are handled once.
 */
export async function startRotations(
  requestId: string,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<StartedRotations> {
  const { credentials, rotation } = ports.config;
  if (credentials.length === 0) return { begin: [], waiting: [], unread: [], delivery: "delivered" };
  const limit = pLimit(readConcurrency);
  const looks = await Promise.all(credentials.map((credential) => limit(() => look(credential, ports, signal))));
  const decision = dueCredentials(looks.map(candidateOf), { now: ports.now(), maxPerRun: rotation.maxPerRun });

  const send = pLimit(dispatchConcurrency);
  await Promise.all(
    decision.begin.map(({ credential, delaySeconds }) =>
      send(() => ports.dispatch({ v: 1, credential, requestId, reason: "timer" }, delaySeconds, signal)),
    ),
  );

  const unread = looks.flatMap(({ credential, fault }) =>
    fault === null ? [] : [{ credential: credential.name, why: fault.message }],
  );
  const counts = { begun: decision.begin.length, waiting: decision.waiting.length, unread: unread.length };
  await writeLastStart(ports.store, { finishedAt: ports.now().toISOString(), ...counts }, signal);
  const rows = await Promise.all(looks.map((one) => limit(() => statusRow(one, requestId, ports, signal))));
  const { status } = await deliverTables({ PgWardenRotation_CL: rows }, ports, signal);
  return { ...decision, unread, delivery: status };
}

async function look(credential: Credential, ports: CredentialPorts, signal: AbortSignal): Promise<Look> {
  const state = await readCredentialState(ports.store, credential.name, signal);
  try {
    const facts = await ports.facts(credential, signal);
    return { credential, facts, state, fault: null };
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    const { code, message, remedy } = error;
    return { credential, facts: null, state, fault: { code, message, remedy } };
  }
}

function candidateOf({ credential, facts, state: { hindrance } }: Look): Candidate {
  return {
    credential,
    published: facts?.published ?? null,
    failures: hindrance === null ? null : { count: hindrance.failures, lastAt: hindrance.lastAt },
  };
}

/** So that a table shows every credential, and an alert sees one that stays broken or that nobody looks at. */
async function statusRow(
  { credential, facts, state, fault }: Look,
  runId: string,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<Row> {
  const server = (await readKnownServer(ports.store, credential.name, signal)) ?? null;
  const published = facts?.published ?? null;
  const shown = shownState(state);
  const told =
    shown === null || shown.message === null
      ? []
      : [{ code: shown.codes[0] ?? "", message: shown.message, remedy: shown.remedy }];
  const news = {
    state: shown?.state ?? ("unknown" as const),
    remarks: fault === null ? told : [fault],
    published,
    logsIn: loginOf(state),
    nextDueAt: nextDueAt({ credential, published })?.toISOString() ?? null,
    intent: facts?.intent ?? null,
  };
  return { ...credentialRow(credential, news, "status", rowContext({ server, runId }, ports.now())) };
}

/** While a rotation is open the tick that looked has said whether the secret logs in, and nothing kept says so again. */
function loginOf({ health }: CredentialState): boolean | null {
  if (health?.state === "healthy") return true;
  return health?.state === "broken" ? false : null;
}
