import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import pg from "pg";
import { SecretValue } from "../../../shared/model/secretValue.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { cutTick, notMended, settle } from "./cutRotation.ts";
import { rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { broken, loginIn, publishedLogsIn, verifierOf, versionsOf } from "./storedLogins.ts";

const majors = [13, 16, 18] as const;
const under = rotationUnderTest(majors);
const rotator = '"pgwarden-rotator"';

function codes({ remarks }: TickReport): readonly string[] {
  return remarks.map(({ code }) => code).filter((code) => code !== "STATEMENTS_LOGGED");
}

/** A session of an application, with what it reads. */
async function consumer(subject: Subject): Promise<pg.Client> {
  const latest = versionsOf(under.local().state, subject.credential.published.name).at(-1);
  const login = latest === undefined ? null : loginIn(latest);
  if (login === null) throw new Error("Nothing is published.");
  const password = new SecretValue(login.password);
  const { postgres } = subject.local;
  const client = new pg.Client({
    ...postgres.clientConfig({ user: login.user, password }, "shop"),
    application_name: "billing",
  });
  client.on("error", () => undefined);
  await client.connect();
  return client;
}

function passwordOf(value = "{}"): unknown {
  return (JSON.parse(value) as { password?: string }).password;
}

describe.each(majors)("on PostgreSQL %i", (major) => {
  function single(): Subject {
    return under.subject("single", major);
  }
  function pair(): Subject {
    return under.subject("alternating", major);
  }

  beforeAll(async () => {
    for (const subject of [single(), pair()]) await settle(under, subject);
  }, 30_000);

  it.each([
    ["26. that is missing", "alter role report rename to gone", "alter role gone rename to report", "ROLE_MISSING"],
    ["26. with NOLOGIN", "alter role report nologin", "alter role report login", "ROLE_CANNOT_LOG_IN"],
    [
      "26. with no connection left by its limit",
      "alter role report connection limit 0",
      "alter role report connection limit -1",
      "ROLE_CANNOT_LOG_IN",
    ],
    [
      "26. without CONNECT",
      "revoke connect on database shop from public",
      "grant connect on database shop to public",
      "DATABASE_REFUSED",
    ],
    [
      "26. whose VALID UNTIL has passed",
      "alter role report valid until '2020-01-01'",
      "alter role report valid until 'infinity'",
      "ROLE_EXPIRED",
    ],
    [
      "26. whose VALID UNTIL comes before the next rotation",
      "do $$ begin execute format('alter role report valid until %L', now() + interval '1 day'); end $$",
      "alter role report valid until 'infinity'",
      "ROLE_EXPIRED",
    ],
    [
      "27. without CREATEROLE",
      `alter role ${rotator} nocreaterole`,
      `alter role ${rotator} createrole`,
      "RIGHT_MISSING",
    ],
    [
      "31. without a ledger",
      "alter table pgwarden.ledger rename to elsewhere",
      "alter table pgwarden.elsewhere rename to ledger",
      "LEDGER_MISSING",
    ],
    [
      "31. with a ledger that was altered",
      "alter table pgwarden.ledger rename column rid to id",
      "alter table pgwarden.ledger rename column id to rid",
      "LEDGER_ALTERED",
    ],
  ])(
    "refuses a role %s, says why and changes nothing",
    async (_case, change, undo, code) => {
      const subject = single();
      const roles = ["report", "gone"];
      const before = await Promise.all(roles.map((role) => verifierOf(subject, role)));
      const pending = versionsOf(under.local().state, subject.credential.pending.name).length;

      await subject.superuser.query(change);
      const report = await under.tick(subject, "rotateNow");
      await subject.superuser.query(undo);

      expect(codes(report)).toContain(code);
      expect(["refused", "broken"]).toContain(report.state);
      expect(report.remarks.find((remark) => remark.code === code)?.message).toMatch(/\.$/);
      expect(await Promise.all(roles.map((role) => verifierOf(subject, role)))).toEqual(before);
      expect(versionsOf(under.local().state, subject.credential.pending.name)).toHaveLength(pending);
      expect(await notMended(under, subject)).toEqual([]);
    },
    30_000,
  );

  it("35. makes verifiers that log in, with the server's iterations where those are more", async () => {
    const subject = single();
    expect((await under.tick(subject, "rotateNow")).state).toBe("rotated");
    const usual = await verifierOf(subject, "report");
    if (major >= 16) await subject.superuser.query(`alter role ${rotator} set scram_iterations = 10000`);
    const rotated = await under.tick(subject, "rotateNow");
    const more = await verifierOf(subject, "report");
    if (major >= 16) await subject.superuser.query(`alter role ${rotator} reset scram_iterations`);

    expect(usual).toMatch(/^SCRAM-SHA-256\$4096:/);
    expect(more).toMatch(major >= 16 ? /^SCRAM-SHA-256\$10000:/ : /^SCRAM-SHA-256\$4096:/);
    expect(rotated).toMatchObject({ state: "rotated", published: { logsIn: true } });
    expect(await publishedLogsIn(subject, under.local().state)).toBe(true);
  }, 30_000);

  it("36. lets what one of a pair made be used and dropped by the other", async () => {
    const subject = pair();
    const first = await consumer(subject);
    await first.query("create schema made; create table made.by_one (a int); insert into made.by_one values (1)");
    const one = await first.query<{ user: string }>("select session_user as user");
    await first.end();
    expect((await under.tick(subject, "rotateNow")).state).toBe("rotated");

    const second = await consumer(subject);
    const other = await second.query<{ user: string }>("select session_user as user");
    await second.query("alter table made.by_one add b int; update made.by_one set b = 2");
    const { rows } = await second.query("select a, b from made.by_one");
    await second.query("drop schema made cascade");
    await second.end();

    expect(rows).toEqual([{ a: 1, b: 2 }]);
    expect(other.rows).not.toEqual(one.rows);
  }, 30_000);

  it("38. waits while somebody is still logged in as the other role of a pair, and names them", async () => {
    const subject = pair();
    const stale = await consumer(subject);
    expect((await under.tick(subject, "rotateNow")).state).toBe("rotated");

    const waiting = await under.tick(subject, "rotateNow");
    await stale.end();
    await sleep(50);
    const rotated = await under.tick(subject, "rotateNow");

    expect([waiting.state, codes(waiting), waiting.intent]).toEqual(["postponed", ["STALE_CONSUMER"], null]);
    expect(waiting.remarks.map(({ message }) => message).join()).toContain("billing");
    expect(rotated.state).toBe("rotated");
  }, 30_000);

  it.each([single, pair])(
    "41. gives an older database what is published, not its old password back: %#",
    async (of) => {
      const subject = of();
      const { superuser, credential } = subject;
      const verifiers = await Promise.all(credential.roles.map((role) => verifierOf(subject, role)));
      const ledger = await superuser.query("select gen, rid from pgwarden.ledger where target = $1", [credential.name]);
      expect((await under.tick(subject, "rotateNow")).state).toBe("rotated");
      const published = versionsOf(under.local().state, credential.published.name).at(-1)?.value;
      // Point-in-time restore: roles and ledger are those of before.
      for (const [index, role] of credential.roles.entries())
        await superuser.query(`alter role ${role} password '${verifiers[index] ?? ""}'`);
      const [row] = ledger.rows as { gen: string; rid: string }[];
      await superuser.query("update pgwarden.ledger set gen = $2, rid = $3 where target = $1", [
        credential.name,
        row?.gen,
        row?.rid,
      ]);

      const report = await under.tick(subject, "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true } });
      const latest = versionsOf(under.local().state, credential.published.name).at(-1);
      expect(passwordOf(latest?.value)).toBe(passwordOf(published));
      expect(await notMended(under, subject)).toEqual([]);
    },
    30_000,
  );

  it.each(["before", "after"] as const)(
    "3. and 30. survives a fail-over just %s COMMIT",
    async (moment) => {
      const subject = single();
      const worker = cutPorts(under.ports(), {
        async around(when, _effect, name) {
          if (when !== moment || name !== "sql transaction.commit") return;
          await subject.local.postgres.pause();
          await subject.local.postgres.resume();
        },
      });

      const report = await under.tick(subject, "rotateNow", worker.ports);
      const faults = await broken(subject, under.local().state);

      expect(["open", "rotated", "recovered"]).toContain(report.state);
      expect(faults).toEqual([]);
      expect(await notMended(under, subject)).toEqual([]);
    },
    60_000,
  );

  it("30. learns nothing from a server that is down or turns the rotator away, and goes on afterwards", async () => {
    const subject = single();
    await subject.local.postgres.pause();
    const down = await under.tick(subject, "rotateNow");
    await subject.local.postgres.resume();
    await subject.superuser.query(`alter role ${rotator} connection limit 0`);
    const full = await under.tick(subject, "rotateNow");
    await subject.superuser.query(`alter role ${rotator} connection limit -1`);

    expect([down.state, codes(down), down.intent]).toEqual(["unknown", ["DATABASE_UNREACHABLE"], null]);
    expect(full.intent).toBeNull();
    expect(["unknown", "refused"]).toContain(full.state);
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);
});

it("27. says on PostgreSQL 16 and later which grant is missing", async () => {
  const subject = under.subject("single", 16);
  await subject.superuser.query(`set role pgadmin`);
  await subject.superuser.query(`revoke report from ${rotator}`);
  const report = await under.tick(subject, "rotateNow");
  await subject.superuser.query(`grant report to ${rotator} with admin true, inherit false, set false`);
  await subject.superuser.query("reset role");

  expect([report.state, codes(report)]).toEqual(["refused", ["RIGHT_MISSING"]]);
  expect(report.remarks.map(({ remedy }) => remedy).join()).toContain('GRANT "report" TO "pgwarden-rotator"');
  expect(await notMended(under, subject)).toEqual([]);
}, 30_000);

it("30. begins nothing on a server in recovery", async () => {
  const subject = under.subject("single", 18);
  const { postgres } = subject.local;
  const { rows } = await subject.superuser.query<{ data: string }>("select current_setting('data_directory') as data");
  const signalFile = join(rows[0]?.data ?? "", "standby.signal");
  await postgres.pause();
  await writeFile(signalFile, "", { mode: 0o644 });
  const promoted = postgres.resume(); // ready for changes only when it is no standby any more
  let report = await under.tick(subject, "rotateNow");
  for (let tries = 0; tries < 100 && codes(report).includes("DATABASE_UNREACHABLE"); tries += 1) {
    await sleep(50);
    report = await under.tick(subject, "rotateNow");
  }
  await subject.superuser.query("select pg_promote()");
  await promoted;
  await rm(signalFile, { force: true });

  expect(codes(report)).toContain("DATABASE_IN_RECOVERY");
  expect(report.intent).toBeNull();
  expect(await notMended(under, subject)).toEqual([]);
}, 60_000);

it("3. says nothing of a rotation that it does not know of: the answer to COMMIT was lost", async () => {
  const subject = under.subject("single", 16);
  const { report, faults } = await cutTick(under, subject, "rotateNow", {
    effect: "sql transaction.commit",
    kind: "after",
  });

  // The second look of the same tick finds it in the ledger.
  expect(report).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
  expect(faults).toEqual([]);
}, 30_000);
