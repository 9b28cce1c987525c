import pLimit from "p-limit";
import type { Credential } from "../model/credential.ts";
import type { Remark, TickState } from "../rotate/tickReport.ts";
import { remarksOf } from "./credentialNews.ts";
import { isBackingOff } from "./probeBackoff.ts";
import { readLastRecover, writeLastRecover } from "./rotationHints.ts";
import type { CredentialPorts } from "./rotationPorts.ts";
import { runTick } from "./runTick.ts";

/** A tick mostly waits: for a vault, a login, an answer. */
const concurrency = 8;

/**
 * No tick begins later than this after the first: one may take as long again, and the invocation ends after ten
 * minutes. Who was not looked at must be known by then.
 */
const startingMs = 4.5 * 60_000;

/** How the tick of one credential ended; `fault` when it ended in a way that nobody foresaw. */
export interface RecoveredCredential {
  readonly credential: string;
  readonly state: TickState | "fault" | "skipped";
  /** Whether the tick did something or found something new. */
  readonly told: boolean;
  /** What explains the state, the worst first. */
  readonly remarks: readonly Remark[];
  readonly problems: readonly string[];
}

export interface RecoverTask {
  readonly runId: string;
  readonly actor: string;
  readonly names?: readonly string[];
  readonly patient?: boolean;
}

/**
 * Runs every open rotation forward and proves every published secret by a login. Each credential has its own time and
 * its own failure; those that were not looked at for longest come first, so that a run which is cut short is made up for
 * by the next. Nothing here depends on the timer that begins rotations.
 *
 * @param names the credentials; without it all
 * @param patient lets published secrets that keep being refused wait; a person who asks is answered
 */
export async function recoverCredentials(
  { runId, actor, names, patient = false }: RecoverTask,
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<readonly RecoveredCredential[]> {
  const { credentials } = ports.config;
  if (credentials.length === 0) return [];
  const last = await readLastRecover(ports.store, signal).catch(() => undefined);
  const checked = new Map(Object.entries(last?.checked ?? {}));
  const chosen = credentials.filter(({ name }) => names === undefined || names.includes(name));
  const limit = pLimit(concurrency);
  const latest = ports.now().getTime() + startingMs;
  const results = await Promise.all(
    longestUnseen(chosen, checked).map((credential) =>
      limit(async () => {
        if (signal.aborted || ports.now().getTime() > latest) return skipped(credential);
        if (patient && (await isBackingOff(credential, checked.get(credential.name), ports, signal)))
          return skipped(credential);
        const result = await recoverOne(credential, { runId, actor }, ports, signal);
        checked.set(credential.name, ports.now().toISOString());
        return result;
      }),
    ),
  );

  const known = new Set(credentials.map(({ name }) => name));
  const kept = Object.fromEntries([...checked].filter(([name]) => known.has(name)));
  // A run that cannot say when it was is still a run: the next one begins from the same order.
  await writeLastRecover(ports.store, { finishedAt: ports.now().toISOString(), checked: kept }, signal).catch(
    () => undefined,
  );
  return results;
}

function skipped({ name }: Credential): RecoveredCredential {
  return { credential: name, state: "skipped", told: false, remarks: [], problems: [] };
}

async function recoverOne(
  credential: Credential,
  { runId, actor }: { readonly runId: string; readonly actor: string },
  ports: CredentialPorts,
  signal: AbortSignal,
): Promise<RecoveredCredential> {
  const { name } = credential;
  try {
    const task = { credential, wish: "recover" as const, runId, actor, reason: "recover" as const, requestId: null };
    const { report, recorded } = await runTick(task, ports, signal);
    const { told, problems } = recorded;
    return { credential: name, state: report.state, told, remarks: remarksOf(report), problems };
  } catch (error) {
    // One credential must not take the others' turn, whatever happened to it.
    return { credential: name, state: "fault", told: true, remarks: [], problems: [placeOf(error)] };
  }
}

function longestUnseen(
  credentials: readonly Credential[],
  checked: ReadonlyMap<string, string>,
): readonly Credential[] {
  return credentials.toSorted((left, right) => {
    const [a, b] = [checked.get(left.name) ?? "", checked.get(right.name) ?? ""];
    if (a !== b) return a < b ? -1 : 1;
    return left.name < right.name ? -1 : 1;
  });
}

/** Where an error arose. What it says is not for a log: nobody foresaw it, so nobody saw to what it may quote. */
function placeOf(error: unknown): string {
  if (!(error instanceof Error)) return "unnamed";
  const frame = error.stack?.split("\n").find((line) => /^\s+at /.test(line));
  return `${error.name}${frame === undefined ? "" : ` ${frame.trim()}`}`;
}
