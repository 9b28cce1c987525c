import type { Credential, Intent } from "../model/credential.ts";
import { beginReapply, beginRotation } from "./beginRotation.ts";
import { settle } from "./closeIntent.ts";
import { decide } from "./decide.ts";
import { isEnding, type Action, type Ending, type Proofs, type Situation } from "./decision.ts";
import { elsewhereError } from "./elsewhere.ts";
import { housekeeping } from "./housekeeping.ts";
import { importSecret, recordInLedger } from "./importSecret.ts";
import { observe, type Observed } from "./observe.ts";
import type { OpenIntent } from "./prepare.ts";
import type { Progress } from "./progress.ts";
import { provePublished } from "./provePublished.ts";
import { recoverSecret } from "./recoverSecret.ts";
import { republish } from "./republish.ts";
import { refusal } from "./refusal.ts";
import { RotationError } from "./rotationError.ts";
import { runForward } from "./runForward.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import type { TickContext } from "./tickContext.ts";
import type { Remark, TickState } from "./tickReport.ts";

/** More decisions than any combination of faults takes. */
const MOST_DECISIONS = 24;

interface Turn {
  wish: Situation["wish"];
  proofs: Proofs;
  /** What the proof of the published secret is about. */
  provenVersion: string | null;
  fault: RotationError | null;
}

/**
 * Decides and acts until nothing is left to do. After each action everything is read anew.
 *
 * @returns how it ended, unless something was done that says more
 * @throws RotationError for whatever could not go on
 */
export async function runDecisions(
  context: TickContext,
  wish: Situation["wish"],
  progress: Progress,
): Promise<TickState> {
  const { credential, server, ports, session, signal } = context;
  const turn: Turn = {
    wish,
    proofs: { published: null, refused: new Set(), roleFault: null },
    provenVersion: null,
    fault: null,
  };
  let observed = await observe(credential, server.administratorLogin, ports.secrets, session, signal);
  for (let count = 0; count < MOST_DECISIONS; count += 1) {
    look(observed, progress, turn);
    const decision = decide(observed, { credential, proofs: turn.proofs, wish: turn.wish, now: ports.now() });
    if (decision.kind === "prove") {
      await prove(context, observed, progress, turn);
      continue;
    }
    if (isEnding(decision)) {
      const end = endOf(decision, credential, turn, progress);
      return progress.acted ?? end;
    }
    await act(context, observed, decision, progress, turn);
    observed = await observe(credential, server.administratorLogin, ports.secrets, session, signal);
  }
  throw new Error(`Credential ${credential.name} was not settled by ${MOST_DECISIONS} decisions.`);
}

function look(observed: Observed, progress: Progress, turn: Turn): void {
  const { published, intents } = observed;
  progress.observed = observed;
  progress.published = published;
  progress.intent = intents[0] ?? null;
  if (published?.version === turn.provenVersion) return;
  turn.provenVersion = null;
  turn.proofs = { ...turn.proofs, published: null, roleFault: null };
  progress.logsIn = null;
}

async function prove(context: TickContext, { published }: Observed, progress: Progress, turn: Turn): Promise<void> {
  if (published === null) throw new Error("There is nothing published to prove.");
  const { state, fault } = await provePublished(context, published);
  turn.provenVersion = published.version;
  turn.proofs = { ...turn.proofs, published: state, roleFault: fault?.code ?? null };
  turn.fault = fault;
  progress.logsIn = state === "accepted" && fault === null;
}

function endOf(decision: Ending, credential: Credential, turn: Turn, progress: Progress): TickState {
  switch (decision.kind) {
    case "healthy":
      if (turn.fault !== null) throw turn.fault;
      return "healthy";
    case "broken":
    case "refused":
      if (decision.kind === "broken") progress.logsIn = false;
      throw turn.fault?.code === decision.code ? turn.fault : refusal(decision.code);
    case "elsewhere":
      throw elsewhereError(decision, credential);
    case "unknown":
      return "unknown";
  }
}

async function act(
  context: TickContext,
  observed: Observed,
  decision: Action,
  progress: Progress,
  turn: Turn,
): Promise<void> {
  const { published } = observed;
  switch (decision.kind) {
    case "recoverSecret":
      await recoverSecret(context, decision.secret);
      progress.acted = "repaired";
      return;
    case "resume": {
      const pair = observed.pairs.get(decision.intent.rotationId);
      if (pair === undefined) throw new Error(`Rotation ${decision.intent.rotationId} is open without a value.`);
      await forward(context, observed, { intent: decision.intent, pair }, decision.applied, progress, "recovered");
      turn.wish = "recover"; // the rotation that was asked for is the one that was open
      return;
    }
    case "settle":
      await settle(context, decision.intent, decision.end);
      if (decision.because === "ROLE_MISSING") context.remark(roleMissing(decision.intent));
      progress.acted ??= "recovered";
      return;
    case "record":
      if (published?.key && published.user !== null) await recordInLedger(context, published.key, published.user);
      return;
    case "import":
      if (published !== null) await importSecret(context, published, observed);
      if (decision.adopted) context.remark({ ...byHand, remedy: null });
      progress.acted ??= "imported";
      return;
    case "republish":
      if (await republish(context, decision.source, published)) progress.acted ??= "repaired";
      else {
        const refused = new Set([...turn.proofs.refused, decision.source.rotationId]);
        turn.proofs = { ...turn.proofs, refused };
      }
      return;
    case "reapply":
      if (published?.pair) {
        const open = await beginReapply(context, observed, published.pair);
        await forward(context, observed, open, false, progress, "repaired");
      }
      return;
    case "rotate": {
      const open = await beginRotation(context, observed, decision.repair);
      await forward(context, observed, open, false, progress, decision.repair ? "repaired" : "rotated");
      turn.wish = "recover";
      return;
    }
  }
}

function roleMissing({ role, generation }: Intent): Remark {
  const message = `There is no role ${role} any more: its open rotation, generation ${generation}, was never applied and is closed.`;
  const remedy = `CREATE ROLE "${role.replaceAll('"', '""')}" LOGIN, or correct the credential's roles in pgwarden.yaml.`;
  return { code: "ROLE_MISSING", message, remedy };
}

const byHand = {
  code: "OUT_OF_BAND",
  message: "The published secret was written by hand; it logs in and was adopted.",
} as const;

async function forward(
  context: TickContext,
  observed: Observed,
  open: OpenIntent,
  isApplied: boolean,
  progress: Progress,
  state: TickState,
): Promise<void> {
  progress.intent = open.intent;
  if (strategyOf(open.intent.strategy).usesLedger && context.session === null) {
    const message = `A rotation of strategy ${open.intent.strategy} is open, and the strategy has been changed to admin.`;
    const remedy = `Set the strategy of ${context.credential.name} back until the rotation has been recovered.`;
    throw new RotationError(message, { code: "CREDENTIAL_CHANGED", effect: "none", remedy });
  }
  // From here on the role may have another password than the one that consumers read.
  if (open.intent.role === observed.published?.user) progress.logsIn = null;
  const end = await runForward(context, observed, open, isApplied);
  progress.intent = null;
  if (end === "rolledback") {
    progress.acted = "postponed";
    progress.logsIn = true; // it was proved when it was given back
  } else progress.acted ??= end === "superseded" ? "recovered" : state;
  if (end === "done") await housekeeping(context, open.intent.generation);
}
