import * as v from "valibot";
import type { Credential, LedgerRow } from "../model/credential.ts";
import { readLedger } from "./ledgerSql.ts";
import type { SqlSession } from "./ports.ts";
import { RotationError } from "./rotationError.ts";
import { sqlStateOf } from "./sqlState.ts";

const Row = v.object({
  credential: v.string(),
  generation: v.pipe(v.string(), v.digits(), v.toNumber(), v.safeInteger()),
  rotationId: v.pipe(v.string(), v.uuid()),
  role: v.string(),
  appliedAt: v.string(),
});

const SETUP = "Run `pgwarden credentials init <name> --apply` as an administrator.";

/**
 * @returns null when nothing was ever applied
 * @throws RotationError `LEDGER_MISSING` without the table, `LEDGER_ALTERED` when it is not ours
 */
export async function readLedgerRow(
  { name }: Pick<Credential, "name">,
  session: SqlSession,
  signal: AbortSignal,
): Promise<LedgerRow | null> {
  const rows = await session.run(readLedger, [name], signal).catch((error: unknown) => {
    throw ledgerFault(error);
  });
  if (rows.length === 0) return null;
  const row = v.safeParse(Row, rows[0]);
  if (row.success) return row.output;
  const message = `The row of ${name} in pgwarden.ledger does not have the columns that pgwarden gave it.`;
  throw new RotationError(message, { code: "LEDGER_ALTERED", effect: "none", remedy: SETUP });
}

/** Tells a missing or altered ledger from other faults. */
export function ledgerFault(error: unknown): unknown {
  const state = sqlStateOf(error);
  const isMissing = state === "42P01" || state === "3F000";
  if (isMissing) {
    const message = "The database postgres has no table pgwarden.ledger.";
    return new RotationError(message, { code: "LEDGER_MISSING", effect: "none", remedy: SETUP, cause: error });
  }
  if (state === "42703" || state === "42P10" || state === "42804") {
    const message = "The table pgwarden.ledger does not have the columns that pgwarden gave it.";
    return new RotationError(message, { code: "LEDGER_ALTERED", effect: "none", remedy: SETUP, cause: error });
  }
  return error;
}
