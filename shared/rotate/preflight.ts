import * as v from "valibot";
import { judgeRole, missingRight } from "./judgeRole.ts";
import { judgeSettings, type Judgement } from "./judgeSettings.ts";
import type { PublishedVersion } from "./observation.ts";
import { ownerLogIn, pairDrift } from "./pairDrift.ts";
import { begin, rollback } from "./passwordSql.ts";
import { formatProbe, probe, readOwner, readSettings } from "./preflightSql.ts";
import { administratorFaults } from "./readyAdministrator.ts";
import { readRoleFacts, type RoleFacts } from "./roleFacts.ts";
import { staleConsumers } from "./staleConsumers.ts";
import { strategyOf } from "./strategies/strategyOf.ts";
import { sqlSession, type TickContext } from "./tickContext.ts";
import type { Remark } from "./tickReport.ts";
import { RotationError } from "./rotationError.ts";
import { sqlStateOf } from "./sqlState.ts";

const Settings = v.array(v.object({ name: v.string(), setting: v.string() }));
const Owner = v.array(v.object({ canLogIn: v.boolean() }));
const Statement = v.pipe(
  v.tuple([v.object({ statement: v.string() })]),
  v.transform(([{ statement }]) => statement),
);

/** Everything that may stand in the way of a rotation, read before anything is changed. */
export async function preflightFaults(context: TickContext, role: string): Promise<Judgement> {
  const { credential, server, ports, signal } = context;
  const reference: Remark[] = [];
  if (strategyOf(credential.strategy).hasGap && credential.consumers === "reference")
    reference.push({
      code: "REFERENCE_CONSUMER",
      message: "The platform keeps a copy of the secret for up to 24 h, in which new logins would fail.",
      remedy: "Use the strategy alternating, or have the application read the secret itself.",
    });
  if (credential.strategy === "admin") {
    const facts = await ports.administration.read(server.id, signal);
    return { faults: administratorFaults(facts, server.administratorLogin), remarks: reference };
  }
  const session = sqlSession(context);
  const rows = v.parse(Settings, await session.run(readSettings, [], signal));
  const settings = judgeSettings(new Map(rows.map(({ name, setting }) => [name, setting])), role, credential);
  const roles = await readRoleFacts(session, credential.roles, credential.database, signal);
  const facts = roles.find(({ name }) => name === role);
  const faults = [...settings.faults, ...judgeRole(facts, role, credential, ports.now())];
  if (facts !== undefined && !facts.manageable) faults.push(...(await rightFaults(context, facts)));
  if (credential.strategy !== "alternating") return { faults, remarks: [...settings.remarks, ...reference] };
  const pair = await judgePair(context, roles, role);
  return { faults: [...faults, ...pair.faults], remarks: [...settings.remarks, ...reference, ...pair.remarks] };
}

/** What the catalog does not show a try does: members of azure_pg_admin may do more than plain PostgreSQL lets them. */
async function rightFaults(context: TickContext, facts: RoleFacts): Promise<readonly Remark[]> {
  const { signal } = context;
  const session = sqlSession(context);
  const sql = v.parse(Statement, await session.run(formatProbe, [facts.name, facts.connectionLimit], signal));
  await session.run(begin, [], signal);
  try {
    await session.run(probe(sql), [], signal);
    return [];
  } catch (error) {
    if (sqlStateOf(error) !== "42501") throw error;
    return [missingRight(facts.name, facts.rotator, session.major)];
  } finally {
    await session.run(rollback, [], signal);
  }
}

async function judgePair(context: TickContext, roles: readonly RoleFacts[], judged: string): Promise<Judgement> {
  const { credential, ports, signal } = context;
  const { owner } = credential;
  const present = new Set(roles.map(({ name }) => name));
  const missing = credential.roles
    .filter((name) => name !== judged && !present.has(name))
    .flatMap((name) => judgeRole(undefined, name, credential, ports.now()));
  if (owner === null) return { faults: [...missing, ...pairDrift(roles, credential, false)], remarks: [] };
  const [row] = v.parse(Owner, await sqlSession(context).run(readOwner, [owner], signal));
  const faults = [...missing, ...pairDrift(roles, credential, row !== undefined)];
  return { faults, remarks: row?.canLogIn === true ? [ownerLogIn(owner)] : [] };
}

/**
 * The check before a rotation is begun. Each fault becomes a remark that says what to run.
 *
 * @param repairs the published password does not log in, so nobody is to be spared
 * @throws RotationError for the first fault; `STALE_CONSUMER` when it is only a matter of time
 */
export function preflight(
  context: TickContext,
  role: string,
  published: PublishedVersion | null,
  repairs: boolean,
): Promise<void> {
  return context.log.take({ step: "preflight", key: null, role }, async () => {
    const { faults, remarks } = await preflightFaults(context, role);
    for (const remark of remarks) context.remark(remark);
    for (const fault of faults.slice(1)) context.remark(fault);
    refuse(faults[0]);
    if (context.credential.strategy === "alternating" && !repairs)
      refuse((await staleConsumers(context, role, published)) ?? undefined);
    if (published !== null) await touch(context, published);
    return { value: undefined, message: `Role ${role} can be given a new password.` };
  });
}

function refuse(fault: Remark | undefined): void {
  if (fault === undefined) return;
  const { code, message, remedy } = fault;
  throw new RotationError(message, { code, effect: "none", remedy });
}

/** Writes the tags that are there: a vault that would refuse the publication refuses this, before anything changed. */
async function touch({ credential, ports, signal, guard }: TickContext, published: PublishedVersion): Promise<void> {
  await guard();
  await ports.secrets.update(credential.published, published.version, { tags: published.tags }, signal);
}
