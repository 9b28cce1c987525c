import { describe, expect, it } from "@jest/globals";
import { catalogue } from "../../../shared/controls/catalogue.ts";
import { evaluatePosture } from "../../../shared/evaluate/evaluatePosture.ts";
import { rotationFindings } from "../../../shared/evaluate/rotationFindings.ts";
import type { Posture } from "../../../shared/model/posture.ts";
import { recoverCredentials } from "../../../shared/runs/recoverCredentials.ts";
import { rotateCredential } from "../../../shared/runs/rotateCredential.ts";
import { forever, rotationUnderTest } from "./rotationUnderTest.ts";

const fleet = rotationUnderTest([17]);

async function collected(): Promise<{ readonly posture: Posture; readonly armReads: number }> {
  const { ports } = await fleet.wiring();
  const { servers } = await ports.discover(undefined, forever);
  const server = servers.find(({ name }) => name === "shop-17");
  if (server === undefined) throw new Error("The fleet has no shop-17.");
  return await ports.collect(server, new Date().toISOString(), forever);
}

async function verdicts(posture: Posture): Promise<readonly string[]> {
  const { ports } = await fleet.wiring();
  const rotation = catalogue.filter(({ meta }) => meta.requires.some((section) => section.startsWith("credential")));
  return evaluatePosture(posture, rotation, ports.config.policy, { firewallRules: {} }).map(
    ({ controlId, subject, outcome }) => `${controlId} ${subject} ${outcome}`,
  );
}

describe("a scan of a server with credentials", () => {
  it("knows nothing of them before a tick, and what ticks saw afterwards, without a right to any secret", async () => {
    const before = await verdicts((await collected()).posture);
    for (const round of ["first", "second"])
      await rotateCredential(
        { credential: "report-17", requestId: `scanned-${round}`, reason: "http", actor: "test" },
        fleet.wired(),
        forever,
      );
    await recoverCredentials({ runId: "recover-scanned", actor: "test", names: ["report-17"] }, fleet.wired(), forever);

    const { posture, armReads } = await collected();

    const after = await verdicts(posture);
    for (const control of ["rot-secret-age", "rot-credential-works", "rot-partial-failure"]) {
      expect(before).toContain(`${control} credential/report-17 unknown`);
      expect(after).toContain(`${control} credential/report-17 pass`);
      expect(after).toContain(`${control} credential/shop-17 unknown`);
    }
    for (const control of ["rot-secret-expiry", "rot-secret-metadata", "rot-old-credential-dead"])
      expect(after).toContain(`${control} credential/report-17 pass`);
    expect(posture.sections.vaults).toMatchObject({
      state: "collected",
      items: [{ rbacAuthorization: true, purgeProtection: true, publicNetworkAccess: "Disabled" }],
    });
    expect(armReads).toBe(11);
    // Every statement of this server is logged.
    expect(rotationFindings(posture).map(({ controlId, subject }) => `${controlId} ${subject}`)).toEqual([
      "rotation-statements-logged credential/report-17",
    ]);
  });

  it("fails on a replaced password that somebody set again", async () => {
    const { credential, local } = fleet.subject("single", 17);
    const { secrets } = fleet.ports();
    const versions = await secrets.versions(credential.published, forever);
    const first = versions.find(({ tags }) => tags["pgwarden-gen"] === "1");
    const { value } = await secrets.readVersion(credential.published, first?.version ?? "", forever);
    const proof = await fleet.wired().tryReplaced(credential, fleet.subject("single", 17).server, forever);
    const { password } = JSON.parse(value.reveal()) as { password: string };
    await local.asSuperuser((client) => client.query(`alter role report password '${password}'`));

    const again = await fleet.wired().tryReplaced(credential, fleet.subject("single", 17).server, forever);

    expect(proof).toMatchObject({ version: first?.version, outcome: "refused" });
    expect(again).toMatchObject({ version: first?.version, outcome: "accepted" });
  });
});
