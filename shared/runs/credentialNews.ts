import type { Remark, TickReport, TickState } from "../rotate/tickReport.ts";
import type { CredentialState } from "./credentialState.ts";

type Health = NonNullable<CredentialState["health"]>;
type Hindrance = NonNullable<CredentialState["hindrance"]>;

/** What the published secret is after a tick; a tick that met another worker has learned nothing. */
const healthOf: Readonly<Record<TickState, Health["state"] | null>> = {
  healthy: "healthy",
  rotated: "healthy",
  recovered: "healthy",
  repaired: "healthy",
  imported: "healthy",
  postponed: "healthy",
  refused: null,
  busy: null,
  open: "open",
  broken: "broken",
  unknown: "unknown",
};

/** Ticks after which a password is another one. */
const rotating: readonly TickState[] = ["rotated", "recovered", "repaired"];

/** What explains a tick: its remarks, or else the step that failed. */
export function remarksOf({ remarks, steps }: TickReport): readonly Remark[] {
  const failed = steps.flatMap(({ outcome, code, message, remedy }) =>
    outcome === "failed" && code !== null ? [{ code, message, remedy }] : [],
  );
  const named = new Set(remarks.map(({ code }) => code));
  return [...remarks, ...failed.filter(({ code }) => !named.has(code))];
}

/**
 * The state of a credential after a tick.
 *
 * @param wished whether the tick was to begin a rotation: only such a one can tell what hinders rotations
 */
export function stateAfter(before: CredentialState, report: TickReport, wished: boolean, now: string): CredentialState {
  const { published, intent } = report;
  return {
    ...before,
    health: nextHealth(before.health, report, wished, now),
    hindrance: wished ? nextHindrance(before.hindrance, report, now) : afterRecovery(before.hindrance, report),
    published:
      published === null
        ? before.published
        : {
            version: published.version,
            user: published.user,
            generation: published.key?.generation ?? null,
            createdAt: published.createdAt,
            expiresAt: published.expiresAt,
          },
    intent: report.state === "busy" || report.state === "unknown" ? before.intent : intentOf(intent),
    advice: report.state === "rotated" ? remarksOf(report).map((remark) => ({ ...remark })) : before.advice,
    rotatedAt: rotating.includes(report.state) ? now : before.rotatedAt,
  };
}

/** Whether somebody should hear of it: only what is otherwise than at the tick before. */
export function hasNews(before: CredentialState, after: CredentialState): boolean {
  return keyOf(before) !== keyOf(after);
}

function keyOf({ health, hindrance, published, intent, advice }: CredentialState): string {
  // The first healthy tick of a credential is no news.
  const state = health ?? { state: "healthy", codes: [] };
  return JSON.stringify([
    [state.state, ...sorted(state.codes)],
    hindrance === null ? null : [hindrance.state, ...sorted(hindrance.codes)],
    published === null ? null : published.version,
    intent === null ? null : intent.rotationId,
    sorted(advice.map(({ code }) => code)),
  ]);
}

function nextHealth(before: Health | null, report: TickReport, wished: boolean, now: string): Health | null {
  // A tick that was only to look, and was refused even that, has not seen the secret.
  const state = report.state === "refused" && !wished ? "unknown" : healthOf[report.state];
  if (state === null) return before;
  // What is remarked about a rotation says nothing of the secret that is published; only a look at it does.
  const isAside = wished && state === "healthy";
  if (isAside && before?.state === state) return before;
  const told = isAside ? [] : remarksOf(report);
  const codes = codesOf(told);
  const since = before !== null && isSame(before, state, codes) ? before.since : now;
  return { state, since, codes, message: told[0]?.message ?? null, remedy: told[0]?.remedy ?? null };
}

function nextHindrance(before: Hindrance | null, report: TickReport, now: string): Hindrance | null {
  const { state } = report;
  if (state === "busy") return before;
  if (state !== "postponed" && state !== "refused" && state !== "broken" && state !== "unknown") return null;
  const told = remarksOf(report);
  const codes = codesOf(told);
  const since = before !== null && isSame(before, state, codes) ? before.since : now;
  const failures = state === "postponed" ? 0 : (before?.failures ?? 0) + 1;
  return {
    state,
    since,
    codes,
    message: told[0]?.message ?? null,
    remedy: told[0]?.remedy ?? null,
    failures,
    lastAt: now,
  };
}

/** A rotation that came through after all has nothing in its way any more. */
function afterRecovery(before: Hindrance | null, { state }: TickReport): Hindrance | null {
  return rotating.includes(state) ? null : before;
}

function isSame(
  before: { readonly state: string; readonly codes: readonly string[] },
  state: string,
  codes: readonly string[],
): boolean {
  return before.state === state && sorted(before.codes).join() === sorted(codes).join();
}

function codesOf(remarks: readonly Remark[]): string[] {
  return [...new Set(remarks.map(({ code }) => code))];
}

function sorted(codes: readonly string[]): readonly string[] {
  return codes.toSorted();
}

function intentOf(intent: TickReport["intent"]): CredentialState["intent"] {
  return intent === null
    ? null
    : {
        generation: intent.key.generation,
        rotationId: intent.key.rotationId,
        role: intent.role,
        createdAt: intent.createdAt,
      };
}
