import { beforeAll, describe, expect, it } from "@jest/globals";
import { randomBytes, randomInt } from "node:crypto";
import { v7 } from "uuid";
import type { Credential } from "../../shared/model/credential.ts";
import { SecretValue } from "../../shared/model/secretValue.ts";
import { loginProbe } from "../../shared/postgres/loginProbe.ts";
import { rotatorDatabase } from "../../shared/postgres/rotatorDatabase.ts";
import { ledgerSetup } from "../../shared/rotate/ledgerSql.ts";
import { planRotation } from "../../shared/rotate/planRotation.ts";
import type { RotationPorts } from "../../shared/rotate/ports.ts";
import { tick, type Wish } from "../../shared/rotate/tick.ts";
import { describePostgres } from "../describePostgres.ts";
import { forever, host, leadTo, trust } from "../postgres/localTarget.ts";
import type { RotationState } from "../fakes/rotationState.ts";
import { cutPorts } from "./faultHarness.ts";
import { credentialOf, DAY_MS, emptyState, portsOf, server as target } from "./rotationWorld.ts";

const token = new SecretValue("a-token-of-the-rotator-0123456789");
const quiet = { note: () => undefined, flush: () => Promise.resolve() };
/** Quotes, spaces and letters beyond ASCII, near the 63 bytes that a name may have. */
const strange = `app "über" ; drop'\\ role`;

describePostgres("all", (major, getServer) => {
  beforeAll(async () => {
    trust(getServer().ca);
    await getServer().asSuperuser(async (client) => {
      const quoted = client.escapeIdentifier(strange);
      await client.query(`create role rotator login createrole password '${token.reveal()}'`);
      await client.query(`create role app nologin; create role app_a login in role app; create role app_b login in role app;
        alter role app_a set role = app; alter role app_b set role = app; create role other login; create role stranger login`);
      await client.query(`create role ${quoted} login`);
      await client.query("create database orders");
      if (major >= 16)
        await client.query(`grant app_a, app_b, other, ${quoted} to rotator with admin true, inherit false, set false`);
      await client.query("grant create on database postgres to rotator");
      await client.query("set session authorization rotator");
      for (const { sql } of ledgerSetup) await client.query(sql);
      for (const { sql } of ledgerSetup) await client.query(sql);
    });
  });

  function ports(state: RotationState): RotationPorts {
    const hosts = leadTo(getServer().port);
    return {
      ...portsOf(state),
      database: rotatorDatabase({ role: "rotator", password: () => Promise.resolve(token), hosts }),
      logins: loginProbe({ hosts }),
      newRotationId: () => v7(),
      randomInt: (limit) => randomInt(limit),
      randomBytes: (size) => randomBytes(size),
    };
  }

  function run(credential: Credential, wish: Wish, over: RotationPorts) {
    return tick({ credential, server: { ...target, host }, wish }, over, quiet, forever);
  }

  it.each([
    ["alternating", credentialOf("alternating", { name: "a-pair" })],
    ["single", credentialOf("single", { name: "a-single", roles: ["other"] })],
    ["single, 32. of a role that needs quoting", credentialOf("single", { name: "a-strange", roles: [strange] })],
    [
      "single, with VALID UNTIL",
      credentialOf("single", { name: "a-valid", roles: ["other"], validForMs: 3650 * DAY_MS }),
    ],
  ])("rotates and proves a credential that is %s", async (_name, credential) => {
    const state = emptyState();
    state.nowMs = Date.now();
    const over = ports(state);

    const first = await run(credential, "rotateNow", over);
    state.nowMs += 3 * DAY_MS;
    const plan = await planRotation({ credential, server: { ...target, host }, wish: "rotateNow" }, over, forever);
    const second = await run(credential, "rotateNow", over);
    const healthy = await run(credential, "recover", over);

    expect(first).toMatchObject({ state: "rotated", remarks: [], published: { logsIn: true } });
    expect(plan).toMatchObject({ faults: [], role: second.published?.user, intent: null });
    expect(plan.steps).toHaveLength(5);
    expect(second).toMatchObject({
      state: "rotated",
      remarks: [],
      published: { logsIn: true, key: { generation: 2 } },
    });
    expect(healthy).toMatchObject({ state: "healthy", remarks: [] });
  });

  it.each(["before", "after", "diesBefore", "diesAfter"] as const)(
    "3. recovers from a COMMIT that was cut: %s",
    async (kind) => {
      const credential = credentialOf("single", { name: `cut-${kind}`, roles: ["other"] });
      const state = emptyState();
      state.nowMs = Date.now();
      await run(credential, "rotateNow", ports(state));
      const worker = cutPorts(ports(state), { cut: { effect: "sql transaction.commit", kind } });
      await run(credential, "rotateNow", worker.ports).catch(() => undefined);
      state.nowMs += 5 * 60_000;

      const report = await run(credential, "recover", ports(state));

      expect(report.remarks).toEqual([]);
      expect(report).toMatchObject({ published: { logsIn: true }, intent: null });
    },
  );

  it("repeats an apply only where the ledger still names it, and takes older databases for what they are", async () => {
    const credential = credentialOf("single", { name: "fenced", roles: ["other"] });
    const state = emptyState();
    state.nowMs = Date.now();
    await run(credential, "rotateNow", ports(state));
    await getServer().asSuperuser(async (client) => {
      await client.query("alter role other password 'what a restore brought back'");
      await client.query("delete from pgwarden.ledger where target = 'fenced'");
    });

    const report = await run(credential, "recover", ports(state));

    expect(report).toMatchObject({
      state: "repaired",
      remarks: [],
      published: { logsIn: true, key: { generation: 2 } },
    });
  });

  it("27. says which right is missing, and what to run", async () => {
    const credential = credentialOf("single", { name: "no-right", roles: ["stranger"] });
    const report = await run(credential, "rotateNow", ports({ ...emptyState(), nowMs: Date.now() }));

    if (major >= 16) {
      expect(report).toMatchObject({ state: "refused", remarks: [{ code: "RIGHT_MISSING" }] });
      expect(report.remarks[0]?.remedy).toContain('GRANT "stranger" TO "rotator" WITH ADMIN TRUE');
    } else expect(report.state).toBe("rotated");
  });

  it("37. sees where a pair differs", async () => {
    await getServer().asSuperuser((client) => client.query("alter role app_b set statement_timeout = '5s'"));
    const credential = credentialOf("alternating", { name: "drifted" });

    const report = await run(credential, "rotateNow", ports({ ...emptyState(), nowMs: Date.now() }));

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "PAIR_DRIFT" }] });
    await getServer().asSuperuser((client) => client.query("alter role app_b reset statement_timeout"));
  });
});

describe("the statements of the ledger", () => {
  it("are named once each", () => {
    expect(new Set(ledgerSetup.map(({ name }) => name)).size).toBe(ledgerSetup.length);
  });
});
