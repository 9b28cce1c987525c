import * as v from "valibot";
import type { LedgerRow, RotationKey, SecretPair } from "../model/credential.ts";
import { liftLedger, repeatLedger } from "./ledgerSql.ts";
import { begin, changePassword, commit, formatChange, limitTimes, rollback } from "./passwordSql.ts";
import type { SqlSession } from "./ports.ts";
import { readIterations } from "./readIterations.ts";
import { readLedgerRow } from "./readLedgerRow.ts";
import { scramVerifier } from "./scramVerifier.ts";
import { isBeyond, sameKey } from "./secretTags.ts";
import { sqlStateOf } from "./sqlState.ts";
import { sqlSession, type TickContext } from "./tickContext.ts";

/** `superseded`: the rotation ledger holds a newer generation, or this one under another rotation id. */
export type LedgerAnswer = "applied" | "alreadyApplied" | "superseded";

/** `repeat`: the same rotation once more, where the ledger still names it; `lift`: the ledger moves up to it. */
type Fence = "lift" | "repeat";

const Formatted = v.pipe(
  v.tuple([v.object({ statement: v.string() })]),
  v.transform(([{ statement }]) => statement),
);

/** Another session changed the same role at the same time: "tuple concurrently updated". */
const CONCURRENT = "XX000";

/**
 * One transaction on the session that holds the lock: the ledger moves and the role gets the verifier, or neither.
 *
 * @throws RotationError with effect `unknown` when the answer to COMMIT was lost
 */
export async function changeRolePassword(
  context: TickContext,
  key: RotationKey,
  pair: SecretPair,
  fence: Fence,
): Promise<LedgerAnswer> {
  const session = sqlSession(context);
  const { credential, ports, signal } = context;
  // Computed before the transaction, which holds a row and a role locked.
  const iterations = await readIterations(session, signal);
  const verifier = scramVerifier(pair.password, ports.randomBytes(16), iterations);
  for (let attempt = 1; ; attempt += 1) {
    try {
      if (await inTransaction(context, session, key, { role: pair.user, verifier, fence })) return "applied";
    } catch (error) {
      if (sqlStateOf(error) === CONCURRENT && attempt === 1) continue;
      throw error;
    }
    // Rolled back, so the row is what is committed, whatever became of the statement that found it.
    const row = await readLedgerRow(credential, session, signal);
    const answer = fenceAnswer(row, key);
    if (answer !== null || fence === "repeat") return answer ?? "superseded";
    if (attempt > 1) return "superseded";
  }
}

/** Null: the ledger is below this rotation, so nothing stands in its way. */
function fenceAnswer(row: LedgerRow | null, key: RotationKey): LedgerAnswer | null {
  if (row === null) return null;
  if (sameKey(row, key)) return "alreadyApplied";
  return isBeyond(row, key) ? "superseded" : null;
}

/** @returns whether it was committed; false: the fence did not let it pass, and it was rolled back */
async function inTransaction(
  { credential, ports, signal }: TickContext,
  session: SqlSession,
  { generation, rotationId }: RotationKey,
  { role, verifier, fence }: { readonly role: string; readonly verifier: string; readonly fence: Fence },
): Promise<boolean> {
  await session.run(begin, [], signal);
  try {
    await session.run(limitTimes, [], signal);
    const moved =
      fence === "lift"
        ? await session.run(liftLedger, [credential.name, generation, rotationId, role], signal)
        : await session.run(repeatLedger, [credential.name, generation, rotationId], signal);
    if (moved.length === 0) {
      await session.run(rollback, [], signal);
      return false;
    }
    const { validForMs } = credential;
    const validUntil = validForMs === null ? null : new Date(ports.now().getTime() + validForMs).toISOString();
    const statement = v.parse(Formatted, await session.run(formatChange, [role, verifier, validUntil], signal));
    await session.run(changePassword(statement), [], signal);
    await session.run(commit, [], signal);
    return true;
  } catch (error) {
    await rollBackQuietly(session, signal);
    throw error;
  }
}

/** What failed is what counts; a session that is gone has rolled back by itself. */
async function rollBackQuietly(session: SqlSession, signal: AbortSignal): Promise<void> {
  try {
    await session.run(rollback, [], signal);
  } catch {
    return;
  }
}
