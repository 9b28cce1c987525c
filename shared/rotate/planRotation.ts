import { ageLimit } from "./ageLimit.ts";
import { roleToRotate } from "./beginRotation.ts";
import { crowdedSecrets } from "./crowdedSecrets.ts";
import { decide } from "./decide.ts";
import type { Decision, Proofs } from "./decision.ts";
import { elsewhereError } from "./elsewhere.ts";
import { observe, type Observed } from "./observe.ts";
import type { RotationPorts, SqlSession } from "./ports.ts";
import { preflightFaults } from "./preflight.ts";
import { intentFacts } from "./progress.ts";
import { provePublished } from "./provePublished.ts";
import { refusal } from "./refusal.ts";
import { RotationError } from "./rotationError.ts";
import { staleConsumers } from "./staleConsumers.ts";
import { stepLog } from "./stepLog.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import type { TickContext } from "./tickContext.ts";
import type { TickRequest } from "./tick.ts";
import type { Remark, TickReport } from "./tickReport.ts";

/** What a tick would do now. */
export interface RotationPlan {
  readonly credential: string;
  /** The role that would get the next password; null when none would, or it could not be learned. */
  readonly role: string | null;
  /** One sentence each, in order. */
  readonly steps: readonly string[];
  /** What stands in the way, and what a person should know. */
  readonly faults: readonly Remark[];
  /** Whether one of these keeps a rotation from its end now. */
  readonly hindered: boolean;
  readonly due: boolean;
  /** ISO 8601; null while nothing is published. */
  readonly nextDueAt: string | null;
  readonly intent: TickReport["intent"];
}

/** Preflight and decision without any change: no lease is taken, no lock kept, nothing written. */
export async function planRotation(
  { credential, server, wish }: TickRequest,
  ports: RotationPorts,
  signal: AbortSignal,
): Promise<RotationPlan> {
  const faults: Remark[] = [];
  const plan = {
    credential: credential.name,
    role: null,
    steps: [],
    faults,
    hindered: true,
    due: false,
    nextDueAt: null,
    intent: null,
  };
  let session: SqlSession | null = null;
  try {
    session = strategyOf(credential.strategy).usesLedger ? await ports.database.open(server, signal) : null;
    const context: TickContext = {
      credential,
      server,
      ports,
      signal,
      session,
      log: stepLog(ports, () => undefined),
      refusals: new Map(),
      remark: (remark) => void faults.push(remark),
      guard: () => Promise.reject(new Error("A plan changes nothing.")),
      writeDown: () => Promise.resolve(),
    };
    const observed = await observe(credential, server.administratorLogin, ports.secrets, session, signal);
    const decision = await decideWithProof(context, observed, wish);
    return { ...plan, ...(await describe(context, observed, decision)) };
  } catch (error) {
    if (!(error instanceof RotationError)) throw error;
    faults.push(remarkOf(error));
    return plan;
  } finally {
    await session?.close();
  }
}

async function decideWithProof(context: TickContext, observed: Observed, wish: TickRequest["wish"]): Promise<Decision> {
  const { credential, ports } = context;
  const unproven: Proofs = { published: null, refused: new Set(), roleFault: null };
  const situation = { credential, wish, now: ports.now() };
  const first = decide(observed, { ...situation, proofs: unproven });
  if (first.kind !== "prove" || observed.published === null) return first;
  const { state, fault } = await provePublished(context, observed.published);
  if (fault !== null) context.remark(remarkOf(fault));
  return decide(observed, { ...situation, proofs: { ...unproven, published: state, roleFault: fault?.code ?? null } });
}

async function describe(
  context: TickContext,
  observed: Observed,
  decision: Decision,
): Promise<Omit<RotationPlan, "credential" | "faults">> {
  const { credential, ports } = context;
  const { published, intents, highest } = observed;
  const nextDue = published === null ? null : ageLimit(credential, published.createdAt);
  const facts = {
    due: decision.kind === "rotate" || nextDue === null || nextDue <= ports.now(),
    nextDueAt: nextDue?.toISOString() ?? null,
    intent: intentFacts(intents[0] ?? null),
  };
  if (decision.kind === "broken" || decision.kind === "refused") context.remark(remarkOf(refusal(decision.code)));
  if (decision.kind === "elsewhere") context.remark(remarkOf(elsewhereError(decision, credential)));
  if (decision.kind !== "rotate") {
    const hindered = hindrances.includes(decision.kind);
    return { ...facts, hindered, role: roleOf(decision), steps: sentences(decision, observed) };
  }
  const role = roleToRotate(context, observed, decision.repair);
  const judgement = await preflightFaults(context, role);
  const told = [...judgement.faults, ...judgement.remarks, ...crowdedSecrets(credential, observed)];
  for (const remark of told) context.remark(remark);
  const isMissing = judgement.faults.some(({ code }) => code === "ROLE_MISSING");
  const stale =
    credential.strategy === "alternating" && !decision.repair && !isMissing
      ? await staleConsumers(context, role, published)
      : null;
  if (stale !== null) context.remark(stale);
  const arm = credential.strategy === "admin" ? "through Azure Resource Manager" : "with the rotation ledger";
  return {
    ...facts,
    hindered: judgement.faults.length > 0 || stale !== null,
    role,
    steps: [
      `Store a new password for role ${role} in ${credential.pending.name} as generation ${highest + 1}.`,
      `Give it to role ${role} ${arm}.`,
      `Log in as ${role} on ${context.server.host}.`,
      `Publish it in ${credential.published.name} and log in with what is read there.`,
      `Close the rotation.`,
    ],
  };
}

const hindrances: readonly Decision["kind"][] = ["broken", "refused", "elsewhere", "unknown"];

function roleOf(decision: Decision): string | null {
  return decision.kind === "resume" ? decision.intent.role : null;
}

function sentences(decision: Decision, { published }: Observed): readonly string[] {
  switch (decision.kind) {
    case "resume":
      return [`Run the open rotation of generation ${decision.intent.generation} forward.`];
    case "settle":
      return [`End the open rotation of generation ${decision.intent.generation} as ${decision.end}.`];
    case "recoverSecret":
      return [`Recover the ${decision.secret} secret, which was deleted.`];
    case "record":
      return [`Enter generation ${published?.key?.generation ?? 0} into the rotation ledger.`];
    case "import":
      return [`Manage ${published?.user ?? "the role"} from now on with the password that is published.`];
    case "republish":
      return [`Publish generation ${decision.source.generation} again, if it logs in.`];
    case "reapply":
      return [`Give role ${published?.user ?? ""} the published password again: the database is older than the vault.`];
    case "rotate":
    case "prove":
    case "healthy":
    case "broken":
    case "refused":
    case "elsewhere":
    case "unknown":
      return [];
  }
}

function remarkOf({ code, message, remedy }: RotationError): Remark {
  return { code, message, remedy };
}
