import type { Intent } from "../model/credential.ts";
import type { Observed } from "./observe.ts";
import { tagPending } from "./pendingTags.ts";
import type { OpenIntent } from "./prepare.ts";
import { readyAdministrator } from "./readyAdministrator.ts";
import { RotationError } from "./rotationError.ts";
import { unansweredLogin, type TickContext } from "./tickContext.ts";

const POLL_MS = 5000;
/** A changed password may take a while to reach the server. */
const LOGIN_PATIENCE_MS = 120_000;
const LONGEST_PAUSE_MS = 15_000;

/**
 * Makes the server accept an administrator's next password through Azure Resource Manager, and proves it by a login:
 * with password authentication off the service reports success and changes nothing.
 *
 * @throws RotationError `ARM_NOOP` when an operation succeeded without a login, `ARM_BUSY` while another one runs
 */
export async function applyByArm(context: TickContext, open: OpenIntent, observed: Observed): Promise<void> {
  const { intent } = open;
  const attempts = observed.attempts.get(intent.rotationId);
  await context.writeDown();
  await context.log.take({ step: "apply", key: intent, role: intent.role }, async () => {
    // Unknown to this tick before now: the password may have been sent, and its answer lost.
    const isResumed = attempts !== undefined;
    if (isResumed && (await accepts(context, open))) {
      const message = `The administrator ${intent.role} accepts the password of generation ${intent.generation} already.`;
      return { value: undefined, message, outcome: "found" };
    }
    if (isResumed && intent.operation !== null && (await settled(context, intent.operation)) === "succeeded") {
      if (await acceptsInTime(context, open)) return done(intent);
    }
    await readyAdministrator(context);
    await submit(context, open, attempts ?? 0);
    return done(intent);
  });
}

function done({ role, generation }: Intent) {
  return { value: undefined, message: `The administrator ${role} accepts the password of generation ${generation}.` };
}

async function submit(context: TickContext, open: OpenIntent, attempts: number): Promise<void> {
  const { ports, server, signal } = context;
  const { intent, pair } = open;
  await context.guard();
  let operation: string | null;
  try {
    operation = await ports.administration.submitPassword(server.id, pair.password, signal);
  } catch (error) {
    if (error instanceof RotationError && error.code === "ARM_REFUSED")
      await noteQuietly(context, intent, attempts + 1);
    throw error;
  }
  await noteQuietly(context, { ...intent, operation }, attempts);
  const end = operation === null ? await ready(context) : await settled(context, operation);
  if (end === "failed") {
    await noteQuietly(context, { ...intent, operation }, attempts + 1);
    const message = `Azure Resource Manager could not set the password of generation ${intent.generation}.`;
    throw new RotationError(message, { code: "ARM_REFUSED", effect: "none" });
  }
  if (await acceptsInTime(context, open)) return;
  const message = `Azure Resource Manager reported success, but administrator ${intent.role} does not log in.`;
  const remedy = "az postgres flexible-server update -g <group> -n <server> --password-auth Enabled";
  throw new RotationError(message, { code: "ARM_NOOP", effect: "unknown", remedy });
}

/** The note only spares a later tick a question; the login tells as well. */
async function noteQuietly(context: TickContext, intent: Intent, attempts: number): Promise<void> {
  try {
    await tagPending(context, intent, "open", attempts);
  } catch (error) {
    if (!(error instanceof RotationError) || error.code === "DEADLINE" || error.code === "LEASE_LOST") throw error;
  }
}

/** Waits for an operation's end; one that is forgotten has ended when the server is ready again. */
async function settled(context: TickContext, operation: string): Promise<"succeeded" | "failed"> {
  const { ports, server, signal } = context;
  for (;;) {
    const state = await ports.administration.operation(server.id, operation, signal);
    if (state === "forgotten") return ready(context);
    if (state !== "running") return state;
    await ports.wait(POLL_MS, signal);
    await context.guard();
  }
}

async function ready({ ports, server, signal, guard }: TickContext): Promise<"succeeded"> {
  while ((await ports.administration.read(server.id, signal)).state !== "Ready") {
    await ports.wait(POLL_MS, signal);
    await guard();
  }
  return "succeeded";
}

async function acceptsInTime(context: TickContext, open: OpenIntent): Promise<boolean> {
  const { ports, signal } = context;
  const endsAtMs = ports.monotonicMs() + LOGIN_PATIENCE_MS;
  for (let pauseMs = 1000; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    if (await accepts(context, open)) return true;
    if (ports.monotonicMs() + pauseMs > endsAtMs) return false;
    await ports.wait(pauseMs, signal);
    await context.guard();
  }
}

/** Not remembered: between two attempts the password may arrive. */
async function accepts(
  { ports, server, credential, signal }: TickContext,
  { intent, pair }: OpenIntent,
): Promise<boolean> {
  const outcome = await ports.logins.login(server, pair, credential.database, signal);
  if (outcome.state === "unanswered") throw unansweredLogin(intent, outcome.detail);
  return outcome.state === "accepted";
}
