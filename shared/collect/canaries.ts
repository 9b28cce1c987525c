import * as v from "valibot";
import type { CanaryLook, CanaryUnseen } from "../model/canaryEvidence.ts";
import type { Canary } from "../model/policy.ts";
import { openInTime } from "./catalogSession.ts";
import { type CanaryPlan, canaryPlanSql, canaryPlanValues, parseCanaryPlan } from "./canaryStatement.ts";
import { CollectError } from "./collectError.ts";
import type { CatalogConnection, CatalogPort, CatalogTarget } from "./collector.ts";
import { becomeRole } from "./missingRight.ts";
import { gapOf } from "./sectionOf.ts";

/**
 * Read only, so that no function of a policy can write; short, since a policy may be slow and a table locked. The
 * search_path stays the login's: functions of policies may depend on it, and our own statements name their schemas.
 */
const begin = [
  "begin transaction read only",
  "set local row_security = on",
  "set local lock_timeout = '1s'",
  "set local statement_timeout = '5s'",
  "set local idle_in_transaction_session_timeout = '30s'",
  "set local jit = off",
  "set local max_parallel_workers_per_gather = 0",
];

/** Tables, partitioned tables, views and materialised views: a foreign table would lead to another server. */
const looked = ["r", "p", "v", "m"];

const Answer = v.tuple([v.object({ rows: v.number(), role: v.string() })]);

/** Who looks: the role of the canary, or its witness. */
type Looker = Pick<Canary, "role" | "settings">;

/**
 * Looks for each canary in turn, over a connection of its own that ends with it: nobody gets a session that was
 * another role. A canary that cannot be looked for is one item that says why.
 *
 * @throws CollectError `deadline` when the run's time is over
 */
export async function collectCanaries(
  target: Omit<CatalogTarget, "database">,
  canaries: readonly Canary[],
  port: CatalogPort,
  signal: AbortSignal,
): Promise<readonly CanaryLook[]> {
  const looks: CanaryLook[] = [];
  for (const canary of canaries) looks.push(await lookFor(canary, target, port, signal));
  return looks;
}

async function lookFor(
  canary: Canary,
  target: Omit<CatalogTarget, "database">,
  port: CatalogPort,
  signal: AbortSignal,
): Promise<CanaryLook> {
  const { name, role, witness } = canary;
  try {
    const connection = await openInTime({ ...target, database: canary.database }, port, signal);
    try {
      const visible = await seesRow(canary, canary, connection, signal);
      const witnessed = visible || witness === null ? null : await seesRow(canary, witness, connection, signal);
      return { name, role, state: "looked", visible, witnessed };
    } finally {
      await connection.close();
    }
  } catch (error) {
    if (signal.aborted) throw new CollectError("deadline", "The run's time was over.");
    return unseen(canary, error, signal);
  }
}

function unseen({ name, role }: Canary, error: unknown, signal: AbortSignal): CanaryUnseen {
  const { reason, detail } = gapOf(`canary ${name}`, error, signal);
  const missingRole = error instanceof MissingMembership ? error.role : null;
  return { name, role, state: "failed", reason, detail, missingRole };
}

class MissingMembership extends CollectError {
  readonly role: string;

  constructor(role: string, login: string, major: number) {
    const grant = becomeRole(role, login, major);
    super("denied", `Login ${login} may not become role ${role}. An administrator runs: ${grant};`);
    this.role = role;
  }
}

/** One transaction, rolled back whatever happens: the role and the settings of `set_config(…, true)` end with it. */
async function seesRow(
  canary: Canary,
  looker: Looker,
  connection: CatalogConnection,
  signal: AbortSignal,
): Promise<boolean> {
  await connection.run(begin, signal);
  try {
    const values = canaryPlanValues(canary, looker.role);
    const plan = parseCanaryPlan(await connection.ask(canaryPlanSql(connection.major), values, signal));
    const statement = statementOf(plan, canary, looker, connection.major);
    await setLocally("role", looker.role, connection, signal);
    for (const [name, value] of Object.entries(looker.settings)) await setLocally(name, value, connection, signal);
    const [{ rows, role }] = v.parse(Answer, await connection.ask(statement, Object.values(canary.where), signal));
    if (role !== looker.role) throw new CollectError("shape", `The look was to be role ${looker.role}'s and was not.`);
    return rows > 0;
  } catch (error) {
    if (!(error instanceof CollectError) || error instanceof MissingMembership) throw error;
    throw new CollectError(error.reason, `As role ${looker.role}: ${error.message}`, { cause: error });
  } finally {
    await connection.run(["rollback"], signal).catch(ignoreBroken);
  }
}

/** SET LOCAL takes no parameters; this is the same. */
async function setLocally(
  name: string,
  value: string,
  connection: CatalogConnection,
  signal: AbortSignal,
): Promise<void> {
  await connection.ask("select pg_catalog.set_config($1, $2, true)", [name, value], signal);
}

function statementOf(plan: CanaryPlan, { database, table }: Canary, { role }: Looker, major: number): string {
  if (!plan.role_exists) throw new CollectError("absent", "there is no such role.");
  if (!plan.may_become) throw new MissingMembership(role, plan.login, major);
  const where = `${table} in database ${database}`;
  if (plan.kind === null || plan.statement === null) throw new CollectError("absent", `there is no table ${where}.`);
  if (!looked.includes(plan.kind)) throw new CollectError("shape", `${where} is no table and no view.`);
  if (plan.missing_columns.length > 0) {
    throw new CollectError("absent", `table ${where} has no column ${plan.missing_columns.join(", ")}.`);
  }
  return plan.statement;
}

/** The connection is closed next; its end rolls back too. */
function ignoreBroken(error: unknown): void {
  if (!(error instanceof CollectError)) throw error;
}
