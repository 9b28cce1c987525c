import { expect, it } from "@jest/globals";
import { causeKind, driftVerdicts, type OwnDrift } from "../../../shared/controls/role/driftVerdicts.ts";
import type { UncomparedPart } from "../../../shared/model/drift.ts";
import { drift } from "./driftCases.ts";

const equal = { subject: "server", message: "Nothing differs." };
const roles: OwnDrift = { isOwn: (one) => causeKind(one) === "role", parts: ["roles"], equal };
const why = "it was not read when the baseline was approved";

function uncompared(part: UncomparedPart["part"], database: string | null = null): UncomparedPart {
  return { part, database, why };
}

it("says nothing without a baseline that is in force", () => {
  expect(driftVerdicts(null, roles)).toEqual([]);
});

it("passes when no drift is of its own kind, and with no drift at all", () => {
  const passed = [{ outcome: "pass", ...equal }];

  expect(driftVerdicts({ drifts: [], uncompared: [] }, roles)).toEqual(passed);
  expect(driftVerdicts({ drifts: [drift("membership/team/ann")], uncompared: [] }, roles)).toEqual(passed);
});

it("fails once per cause and keeps its message", () => {
  const drifts = [drift("role/ann"), drift("membership/team/ann")];

  expect(driftVerdicts({ drifts, uncompared: [] }, roles)).toEqual([
    { subject: "role/ann", outcome: "fail", message: "role/ann is not as it was approved." },
  ]);
});

it("claims no equality of a part that was not compared, and keeps what is known of the others", () => {
  const gap = { subject: "part/roles", outcome: "unknown", uncompared: uncompared("roles") };
  const parts = [uncompared("memberships"), uncompared("roles")];

  expect(driftVerdicts({ drifts: [], uncompared: parts }, roles)).toEqual([gap]);
  expect(driftVerdicts({ drifts: [drift("role/ann")], uncompared: parts }, roles)).toEqual([
    { subject: "role/ann", outcome: "fail", message: "role/ann is not as it was approved." },
    gap,
  ]);
});

it("takes the gaps of the server and of the database being judged, each under that database", () => {
  const parts = [uncompared("sharedAcls"), uncompared("acls", "a/b"), uncompared("acls", "other")];
  const own = { ...roles, parts: ["sharedAcls", "acls"], database: "a/b" } as const;

  expect(driftVerdicts({ drifts: [], uncompared: parts }, own).map(({ subject }) => subject)).toEqual([
    "part/a%2Fb/sharedAcls",
    "part/a%2Fb/acls",
  ]);
});

it("takes the first part of a cause for its kind", () => {
  expect(["role/a%2Fb", "delegatedNetwork"].map((cause) => causeKind(drift(cause)))).toEqual([
    "role",
    "delegatedNetwork",
  ]);
});
