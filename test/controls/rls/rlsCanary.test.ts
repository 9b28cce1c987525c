import { collected } from "../../../shared/collect/section.ts";
import { rlsCanary } from "../../../shared/controls/rls/rlsCanary.ts";
import type { CanaryLook } from "../../../shared/model/canaryEvidence.ts";
import type { Canary } from "../../../shared/model/policy.ts";
import { policy, serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function canary(name: string, override: Partial<Canary> = {}): Canary {
  const place = { database: "shop", table: "app.accounts", role: "app_rw" };
  return { name, ...place, where: { tenant: "canary-9" }, settings: {}, witness: null, ...override };
}

function looked(name: string, visible: boolean, witnessed: boolean | null = null): CanaryLook {
  return { name, role: "app_rw", state: "looked", visible, witnessed };
}

function failed(name: string): CanaryLook {
  return {
    name,
    role: "app_rw",
    state: "failed",
    reason: "timeout",
    detail: "a lock was not free.",
    missingRole: null,
  };
}

function given(canaries: readonly Canary[], looks: readonly CanaryLook[]) {
  return { policy: policy({ rowSecurity: { canaries } }), sections: { canaries: collected(looks) } };
}

const witness = { role: "tenant_nine", settings: {} };
const here = serverFacts().name;

testControl(rlsCanary, {
  pass: [
    {
      name: "a row that the role does not see and the witness does",
      ...given([canary("nine", { witness })], [looked("nine", false, true)]),
      says: ["the row with that tenant of table app.accounts in database shop, and tenant_nine does"],
    },
    {
      name: "no witness, which the message says, as it says that no row at all may be seen",
      ...given([canary("nine"), canary("any", { where: {} })], [looked("any", false), looked("nine", false)]),
      says: ["no witness proves that it is there", "does not see a row of table app.accounts"],
    },
  ],
  fail: [
    {
      name: "a row that the role sees, beside one that it does not",
      ...given([canary("nine"), canary("a/b", { server: here })], [looked("nine", false), looked("a/b", true)]),
      subjects: ["canary/a%2Fb"],
      says: ["role app_rw sees the row with that tenant"],
    },
  ],
  notApplicable: [
    { name: "no canary at all", ...given([], []) },
    { name: "canaries of another server only", ...given([canary("nine", { server: "elsewhere" })], []) },
  ],
  unknown: [
    {
      name: "a look that failed, one that was never made, and a row that the witness misses too",
      ...given(
        [canary("locked"), canary("unasked"), canary("gone", { witness }), canary("fine")],
        [failed("locked"), looked("gone", false, false), looked("fine", false)],
      ),
      subjects: ["canary/gone", "canary/locked", "canary/unasked"],
      section: "canaries",
    },
  ],
});
