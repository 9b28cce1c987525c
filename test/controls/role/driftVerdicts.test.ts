import { expect, it } from "@jest/globals";
import { causeKind, driftVerdicts } from "../../../shared/controls/role/driftVerdicts.ts";
import { drift } from "./driftCases.ts";

const equal = { subject: "server", message: "Nothing differs." };

it("says nothing without a baseline that is in force", () => {
  expect(driftVerdicts(null, () => true, equal)).toEqual([]);
});

it("passes when no drift is of its own kind, and with no drift at all", () => {
  expect(driftVerdicts([], () => true, equal)).toEqual([{ outcome: "pass", ...equal }]);
  expect(driftVerdicts([drift("role/ann")], () => false, equal)).toEqual([{ outcome: "pass", ...equal }]);
});

it("fails once per cause and keeps its message", () => {
  const drifts = [drift("role/ann"), drift("membership/team/ann")];

  expect(driftVerdicts(drifts, (one) => causeKind(one) === "role", equal)).toEqual([
    { subject: "role/ann", outcome: "fail", message: "role/ann is not as it was approved." },
  ]);
});

it("takes the first part of a cause for its kind", () => {
  expect(["role/a%2Fb", "delegatedNetwork"].map((cause) => causeKind(drift(cause)))).toEqual([
    "role",
    "delegatedNetwork",
  ]);
});
