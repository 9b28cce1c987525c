import type { BypassKind, BypassPath } from "../access/bypassPath.ts";
import { wayWithAll } from "../access/need.ts";
import type { Way } from "../access/way.ts";
import { type BypassedLogins, bypassedLogins, type LoginBypass } from "./bypassedLogins.ts";
import { type BypassDifference, type BypassGain, lifting } from "./bypassGains.ts";
import type { Change } from "./changes.ts";
import { kindOf, nameOf } from "./itemKey.ts";
import { counted, type Judgement } from "./judgement.ts";
import { wayText } from "./principals.ts";

/** What a cause did to row security: told with everything else that it did. */
export interface BypassJudgement extends Pick<Judgement, "severity" | "effects" | "effectCount" | "gained"> {
  /** What the cause's sentence goes on with; empty when it gave nobody a way past row security, and took none. */
  readonly clause: string;
}

export function judgeBypass(change: Change, { gained, lost, names }: BypassDifference): BypassJudgement {
  const gains = bypassedLogins(told(change, gained.get(change.key)), names);
  const losses = bypassedLogins(withoutItself(change, told(change, lost.get(change.key)), names), names);
  const clauses = [clause(gains, ["has a new way", "have a new way"]), clause(losses, ["lost a way", "lost a way"])];
  return {
    severity: gains.severity,
    clause: clauses.join(""),
    effects: [
      ...gains.samples.map((one) => effectText(one, "can now")),
      ...losses.samples.map((one) => effectText(one, "can no longer")),
    ],
    effectCount: gains.logins.length + losses.logins.length,
    gained: gains.logins,
  };
}

function clause({ logins }: BypassedLogins, [one, many]: readonly [one: string, many: string]): string {
  const verb = logins.length === 1 ? one : many;
  return logins.length === 0 ? "" : `; ${counted(logins.length, "login role")} ${verb} past row security`;
}

/** That a role became superuser, owner and the like is told of roles and owners as that. */
function told({ key }: Change, gains: readonly BypassGain[] = []): readonly BypassGain[] {
  const isGrant = kindOf(key) === "grant";
  return gains.filter(({ ways: [first] }) => isGrant || (first !== undefined && !lifting.has(first.path.kind)));
}

/** What a role that changed lost itself is told of the role. */
function withoutItself({ key }: Change, gains: readonly BypassGain[], names: readonly string[]): readonly BypassGain[] {
  if (gains.length === 0 || kindOf(key) !== "role") return gains;
  const own = names.indexOf(nameOf(key));
  return gains
    .map((gain) => ({ ...gain, logins: gain.logins.filter((login) => login !== own) }))
    .filter(({ logins }) => logins.length > 0);
}

const routes: Readonly<Partial<Record<BypassKind, string>>> = {
  partition: "through partition",
  view: "through view",
  materializedView: "through materialised view",
  definerFunction: "through SECURITY DEFINER function",
  publication: "through publication",
};

function effectText({ login, way: { database, table, path }, others }: LoginBypass, can: string): string {
  const on = `${table.schema}.${table.table} in database ${database}`;
  const count = others < manyWays ? counted(others, "more way", "more ways") : "many more ways";
  const more = others === 0 ? "" : `, with ${count} past row security`;
  const way = wayWithAll(path.needs, login);
  return `login ${login} ${can} ${actText(path, on)}${more}${way === undefined ? "" : evidence(way)}`;
}

/** From so many on nobody asks for the number. */
const manyWays = 19;

function actText({ kind, through }: BypassPath, on: string): string {
  const route = routes[kind];
  if (route !== undefined) return `get past the policies of ${on} ${route} ${through ?? ""}`;
  if (kind === "truncate") return `empty ${on} past its policies, with TRUNCATE`;
  if (kind === "references") return `find out keys of ${on} past its policies, with REFERENCES`;
  return `use all of ${on} past its policies`;
}

/** `: bob → reporting, by inheritance; USAGE on schema app over bob → app_user`. */
function evidence(way: Way): string {
  const { precondition } = way;
  const text = wayText(way);
  if (precondition === undefined) return text;
  return `${text}${text === "" ? ": " : "; "}${precondition.needs} over ${precondition.path.join(" → ")}`;
}
