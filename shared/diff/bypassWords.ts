import type { BypassKind } from "../access/bypassPath.ts";
import type { Way } from "../access/way.ts";
import { subjectOf } from "../controls/control.ts";
import { type BypassDifference, type BypassGain, lifting, type LoginBypass } from "./bypassGains.ts";
import type { Change } from "./changes.ts";
import { kindOf } from "./itemKey.ts";
import { counted, type Judgement, maxSamples, severities, worst } from "./judgement.ts";
import { wayText } from "./principals.ts";

/** What a cause did to row security: told with everything else that it did. */
export interface BypassJudgement extends Pick<Judgement, "severity" | "effects" | "effectCount" | "gained"> {
  /** What the cause's sentence goes on with; empty when it gave nobody a way past row security, and took none. */
  readonly clause: string;
}

export function judgeBypass(change: Change, { gained, lost }: BypassDifference): BypassJudgement {
  const gains = told(change, gained.get(change.key));
  const losses = told(change, lost.get(change.key)).filter(({ gain }) => change.key !== subjectOf("role", gain.login));
  const isNew = gains.length === 1 ? "has a new way" : "have a new way";
  const clauses = [
    ...(gains.length === 0 ? [] : [`; ${counted(gains.length, "login role")} ${isNew} past row security`]),
    ...(losses.length === 0 ? [] : [`; ${counted(losses.length, "login role")} lost a way past row security`]),
  ];
  return {
    severity: worst("info", ...gains.map(({ gain }) => gain.severity)),
    clause: clauses.join(""),
    effects: [
      ...gains.slice(0, maxSamples).map((one) => effectText(one, "can now")),
      ...losses.slice(0, maxSamples).map((one) => effectText(one, "can no longer")),
    ],
    effectCount: gains.length + losses.length,
    gained: gains.map(({ gain }) => gain.login),
  };
}

/** The gravest first. That a role became superuser, owner and the like is told of roles and owners as that. */
function told(change: Change, logins: ReadonlyMap<string, LoginBypass> | undefined): readonly LoginBypass[] {
  const isGrant = kindOf(change.key) === "grant";
  return [...(logins?.values() ?? [])]
    .filter(({ gain }) => isGrant || !lifting.has(gain.path.kind))
    .sort(
      (left, right) =>
        severities.indexOf(left.gain.severity) - severities.indexOf(right.gain.severity) ||
        (left.gain.login < right.gain.login ? -1 : 1),
    );
}

const routes: Readonly<Partial<Record<BypassKind, string>>> = {
  partition: "through partition",
  view: "through view",
  materializedView: "through materialised view",
  definerFunction: "through SECURITY DEFINER function",
  publication: "through publication",
};

function effectText({ gain, others }: LoginBypass, can: string): string {
  const { login, database, table, path, way } = gain;
  const on = `${table.schema}.${table.table} in database ${database}`;
  const more = others === 0 ? "" : `, with ${counted(others, "more way", "more ways")} past row security`;
  return `login ${login} ${can} ${actText(path, on)}${more}${evidence(way)}`;
}

function actText({ kind, through }: BypassGain["path"], on: string): string {
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
