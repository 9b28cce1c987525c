import { beforeAll, describe, expect, it } from "@jest/globals";
import { roleDefinitions } from "../../infra/roleDefinitions.ts";
import type { RequestRecord } from "../../shared/local/emulator/requestRecord.ts";
import type { TickState } from "../../shared/rotate/tickReport.ts";
import type { Wish } from "../../shared/rotate/tick.ts";
import { armAction, vaultAction } from "../infra/calledAction.ts";
import { rotationUnderTest, type Subject } from "./rotation/rotationUnderTest.ts";

const under = rotationUnderTest([17]);

/** After so many generations the oldest version is disabled. */
const generations = 7;

function distinct(actions: readonly string[]): readonly string[] {
  return [...new Set(actions.map((action) => action.toLowerCase()))].sort();
}

function called(service: RequestRecord["service"]): readonly RequestRecord[] {
  return under.local().emulator.requests.filter((request) => request.service === service);
}

async function ticked(subject: Subject, wish: Wish): Promise<TickState> {
  const { state } = await under.tick(subject, wish);
  await under.endLease(subject.credential);
  return state;
}

function softDelete(name: string): void {
  const { secrets, deleted } = under.local().state.vault;
  const secret = secrets.get(name);
  if (secret === undefined) throw new Error(`There is no secret ${name}.`);
  const deletedAt = Math.floor(Date.now() / 1000);
  secrets.delete(name);
  deleted.set(name, { secret, deletedAt, purgeAt: deletedAt + 90 * 86_400 });
}

/** A rotation whose pending secret cannot be closed, and what brings it to its end. */
async function reopened(subject: Subject): Promise<readonly TickState[]> {
  const path = /\/secrets\/report-17--next\//i;
  const mend = under.local().emulator.faults.add({ method: "PATCH", path, action: { kind: "status", status: 403 } });
  const open = await ticked(subject, "rotateNow");
  mend();
  return [open, await ticked(subject, "recover")];
}

/** A secret that somebody wrote by hand, as before pgwarden came. */
async function adopted(subject: Subject): Promise<TickState> {
  const { secrets } = under.local().state.vault;
  for (const name of ["report-17", "report-17--next"]) {
    const [last] = (secrets.get(name)?.versions ?? []).slice(-1);
    if (last === undefined) throw new Error(`There is no secret ${name}.`);
    if (name === "report-17") secrets.get(name)?.versions.splice(0, Infinity, { ...last, tags: {} });
    else secrets.delete(name);
  }
  return await ticked(subject, "rotateNow");
}

// The calls of real rotations, beside the roles that the deployment gives.
describe("the roles of those who rotate", () => {
  const states: Record<string, readonly TickState[]> = {};
  beforeAll(async () => {
    const [single, pair, admin] = (["single", "alternating", "admin"] as const).map((one) => under.subject(one, 17));
    if (single === undefined || pair === undefined || admin === undefined) throw new Error("A credential is missing.");
    const many: TickState[] = [];
    for (let count = 0; count < generations; count += 1) many.push(await ticked(single, "rotateNow"));
    states["single"] = [...new Set(many)];
    states["alternating"] = [await ticked(pair, "rotateNow"), await ticked(pair, "rotateNow")];
    states["admin"] = [await ticked(admin, "rotateNow")];
    states["open"] = await reopened(single);
    softDelete("report-17");
    states["deleted"] = [await ticked(single, "recover")];
    states["imported"] = [await adopted(single)];
  }, 120_000);

  it("are tried by every kind of tick", () => {
    expect(states).toEqual({
      single: ["rotated"],
      alternating: ["rotated", "rotated"],
      admin: ["rotated"],
      open: ["open", "recovered"],
      deleted: ["repaired"],
      imported: ["imported"],
    });
  });

  it("grant what rotations ask of secrets: nothing missing, nothing unused", () => {
    expect(distinct(called("keyVault").map(vaultAction))).toEqual(distinct(roleDefinitions.secretWriter.dataActions));
  });

  it("grant what the administrator's rotation asks of Azure Resource Manager: nothing missing, nothing unused", () => {
    expect(distinct(called("arm").map(armAction))).toEqual(distinct(roleDefinitions.adminRotator.actions));
  });

  it("ask nothing else of Azure", () => {
    const services = new Set(under.local().emulator.requests.map(({ service }) => service));

    expect([...services].sort()).toEqual(["arm", "identity", "keyVault"]);
  });
});
