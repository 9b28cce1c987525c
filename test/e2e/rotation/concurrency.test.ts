import { blobContainer } from "../../../shared/azure/blobContainer.ts";
import { leaseStore } from "../../../shared/azure/leaseStore.ts";
import { managedCredential } from "../../../shared/azure/managedCredential.ts";
import { describe, expect, it } from "@jest/globals";
import type { LeaseStore, RotationPorts } from "../../../shared/rotate/ports.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { nextRandom } from "../../fakes/rotationState.ts";
import { notMended, settle } from "./cutRotation.ts";
import { rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { broken, loginIn, openVersions, verifierOf, versionsOf } from "./storedLogins.ts";

const under = rotationUnderTest([13, 18]);
const majors = [13, 18] as const;
const published = /^secrets\.write (shop|report|admin)-\d+$/;

/** A lease that everybody gets: only the advisory lock is between the workers. */
const noLease: LeaseStore = {
  acquire: () => Promise.resolve({ renew: () => Promise.resolve(true), release: () => Promise.resolve() }),
};

/** What a pooler between worker and server would do: the lock is said to be held, and is not. */
function withoutLock(ports: RotationPorts): RotationPorts {
  return {
    ...ports,
    leases: noLease,
    database: {
      async open(server, signal) {
        const session = await ports.database.open(server, signal);
        return {
          ...session,
          run: (statement, values, abort) =>
            statement.name === "lock.take" ? Promise.resolve([{ taken: true }]) : session.run(statement, values, abort),
        };
      },
    },
  };
}

interface Pause {
  readonly moment: "before" | "after";
  readonly at: string | RegExp;
}

/** A rotation that stops at the first effect of a name while `meanwhile` runs. */
async function paused(
  subject: Subject,
  ports: RotationPorts,
  { moment, at }: Pause,
  meanwhile: () => Promise<void>,
): Promise<{ readonly report: TickReport; readonly effects: readonly string[] }> {
  let isOver = false;
  const worker = cutPorts(ports, {
    async around(when, _effect, name) {
      if (isOver || when !== moment || !(typeof at === "string" ? name === at : at.test(name))) return;
      isOver = true;
      await meanwhile();
    },
  });
  const report = await under.tick(subject, "rotateNow", worker.ports);
  expect(isOver).toBe(true);
  return { report, effects: worker.effects };
}

/** As an administrator or a failover ends the sessions of every rotator. */
async function endSessions({ superuser }: Subject): Promise<void> {
  await superuser
    .query(
      "select pg_catalog.pg_terminate_backend(pid, 5000) from pg_catalog.pg_stat_activity where application_name = 'pgwarden-rotator'",
    )
    .catch(() =>
      // Before 14 it does not wait.
      superuser.query(
        "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where application_name = 'pgwarden-rotator'",
      ),
    );
}

async function verifiers(subject: Subject): Promise<readonly (string | null)[]> {
  return await Promise.all(subject.credential.roles.map((role) => verifierOf(subject, role)));
}

function generation(report: TickReport): number {
  return report.published?.key?.generation ?? 0;
}

async function states(work: readonly Promise<TickReport>[]): Promise<readonly string[]> {
  return (await Promise.all(work)).map(({ state }) => state).toSorted();
}

describe.each(majors)("workers on PostgreSQL %i", (major) => {
  it.each([
    ["the lease", 2, (ports: RotationPorts) => ports],
    ["the lease", 3, (ports: RotationPorts) => ports],
    ["the advisory lock alone", 2, (ports: RotationPorts) => ({ ...ports, leases: noLease })],
    ["the advisory lock alone", 3, (ports: RotationPorts) => ({ ...ports, leases: noLease })],
  ])(
    "6. that begin together are kept apart by %s: %i of them",
    async (_what, count, change) => {
      const subject = under.subject("alternating", major);
      await settle(under, subject);
      const before = versionsOf(under.local().state, subject.credential.published.name).length;

      const ended = await states(
        Array.from({ length: count }, () => under.tick(subject, "rotateNow", change(under.ports()))),
      );

      expect(ended).toEqual([...Array.from({ length: count - 1 }, () => "busy"), "rotated"]);
      expect(versionsOf(under.local().state, subject.credential.published.name)).toHaveLength(before + 1);
      expect(await notMended(under, subject)).toEqual([]);
    },
    60_000,
  );

  it("7. lose what was paused before its apply to a successor that rotates twice: the session was ended", async () => {
    const subject = under.subject("single", major);
    await settle(under, subject);
    let last: TickReport | undefined;
    let kept: readonly (string | null)[] = [];

    const { report } = await paused(
      subject,
      under.ports(),
      { moment: "before", at: "sql settings.iterations" },
      async () => {
        await under.endLease(subject.credential);
        await endSessions(subject);
        for (let count = 0; count < 2; count += 1) last = await under.tick(subject, "rotateNow");
        kept = await verifiers(subject);
      },
    );

    expect(last).toMatchObject({ state: expect.stringMatching(/rotated|recovered/) as unknown });
    expect(await verifiers(subject)).toEqual(kept);
    // In a session of its own it finds that the successor has done everything.
    expect(report).toMatchObject({ state: "healthy", intent: null, published: { logsIn: true } });
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);

  it("7. are fenced by the ledger where neither lease nor lock kept them apart", async () => {
    const subject = under.subject("single", major);
    await settle(under, subject);
    let kept: readonly (string | null)[] = [];

    const { report, effects } = await paused(
      subject,
      withoutLock(under.ports()),
      { moment: "before", at: "sql ledger.upsert" },
      async () => {
        // The intent of the paused worker is the first thing that the successor brings to its end.
        for (let count = 0; count < 3; count += 1)
          await under.tick(subject, "rotateNow", { ...under.ports(), leases: noLease });
        kept = await verifiers(subject);
      },
    );

    expect(effects).not.toContain("sql password.change");
    expect(report.state).toBe("recovered");
    expect(await verifiers(subject)).toEqual(kept);
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);

  it("8. that publish late, with the session ended after the check, are repaired by the next tick", async () => {
    const subject = under.subject("single", major);
    await settle(under, subject);
    let last: TickReport | undefined;

    await paused(subject, under.ports(), { moment: "before", at: published }, async () => {
      await under.endLease(subject.credential);
      await endSessions(subject);
      for (let count = 0; count < 2; count += 1) last = await under.tick(subject, "rotateNow");
    });
    await under.endLease(subject.credential);
    const mending = await under.tick(subject, "recover");

    expect(last?.state).toBe("rotated");
    expect(mending).toMatchObject({ intent: null, published: { logsIn: true } });
    expect(generation(mending)).toBe(generation(last ?? mending));
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);

  it("12. try once more when somebody alters the same role by hand at the same time", async () => {
    const subject = under.subject("single", major);
    await settle(under, subject);
    const { superuser } = subject;

    const { report, effects } = await paused(
      subject,
      under.ports(),
      { moment: "before", at: "sql password.change" },
      async () => {
        await superuser.query("begin");
        await superuser.query("alter role report connection limit 19");
        setTimeout(() => {
          void superuser.query("commit");
        }, 200);
      },
    );

    expect(effects.filter((name) => name === "sql password.change")).toHaveLength(2);
    expect(report).toMatchObject({ state: "rotated", published: { logsIn: true } });
    const { rows } = await superuser.query("select rolconnlimit from pg_catalog.pg_roles where rolname = 'report'");
    expect(rows).toEqual([{ rolconnlimit: 19 }]);
    await superuser.query("alter role report connection limit -1");
  }, 60_000);

  it("13. are busy, without a fault, while somebody else holds the advisory lock", async () => {
    const subject = under.subject("alternating", major);
    const { superuser, credential } = subject;
    await settle(under, subject);
    await superuser.query("select pg_advisory_lock(hashtextextended('pgwarden:' || $1, 0))", [credential.name]);

    const busy = await under.tick(subject, "rotateNow");
    await superuser.query("select pg_advisory_unlock_all()");
    const free = await under.tick(subject, "rotateNow");

    expect(busy).toMatchObject({ state: "busy", steps: [], remarks: [] });
    expect(free.state).toBe("rotated");
  }, 60_000);

  it("14. that drew the same generation are told apart by rotation id", async () => {
    const subject = under.subject("alternating", major);
    await settle(under, subject);
    let other: TickReport | undefined;

    // The other one has read the vault before this one's pending secret was there.
    const late = withoutLock(under.ports());
    const { report } = await paused(subject, late, { moment: "before", at: /^secrets\.write .*--next$/ }, async () => {
      other = await under.tick(subject, "rotateNow", { ...under.ports(), leases: noLease });
    });

    expect(other).toMatchObject({ state: "rotated" });
    const steps = report.steps.filter(({ step }) => step === "prepare").map(({ key }) => key);
    expect(steps[0]?.generation).toBe(generation(other ?? report));
    expect(steps[0]?.rotationId).not.toBe(other?.published?.key?.rotationId);
    expect(await broken(subject, under.local().state)).toEqual([]);
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);

  it("15. go on when their session is ended after the apply", async () => {
    const subject = under.subject("single", major);
    await settle(under, subject);

    const { report } = await paused(subject, under.ports(), { moment: "after", at: "sql transaction.commit" }, () =>
      endSessions(subject),
    );

    expect(report).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
    expect(await broken(subject, under.local().state)).toEqual([]);
    expect(await notMended(under, subject)).toEqual([]);
  }, 60_000);
});

describe("a lease", () => {
  function subject(): Subject {
    return under.subject("single", 18);
  }

  it("9. that is not renewed in the middle leaves the rotation to the next tick", async () => {
    await settle(under, subject());

    const { report } = await paused(subject(), under.ports(), { moment: "after", at: "sql transaction.commit" }, () =>
      under.endLease(subject().credential),
    );

    expect(report.state).toBe("open");
    expect(report.remarks.map(({ code }) => code)).toContain("LEASE_LOST");
    expect(await notMended(under, subject())).toEqual([]);
  }, 60_000);

  it("10. is no obstacle when its blob is deleted, its container is missing, or storage refuses", async () => {
    await settle(under, subject());
    const { environment } = await under.wiring();
    const lost = blobContainer(environment.blobEndpoint, managedCredential(environment), "not-there-yet");
    const token = { token: "no-token-at-all", expiresOnTimestamp: Date.now() + 3_600_000 };
    const refused = blobContainer(environment.blobEndpoint, { getToken: () => Promise.resolve(token) }, "refused");
    const blob = lost.getBlobClient(`locks/${subject().credential.name}`);

    const inNewContainer = { ...under.ports(), leases: leaseStore(lost) };
    const deleted = await paused(
      subject(),
      inNewContainer,
      { moment: "after", at: "sql transaction.commit" },
      async () => {
        await blob.getBlobLeaseClient().breakLease(0);
        await blob.delete();
      },
    );
    const unkept = await under.tick(subject(), "rotateNow", { ...under.ports(), leases: leaseStore(refused) });

    expect(deleted.report.state).toBe("rotated");
    expect(unkept.state).toBe("rotated");
    expect(await notMended(under, subject())).toEqual([]);
  }, 60_000);

  it("11. of another function app does not count: the advisory lock keeps two apps apart", async () => {
    await settle(under, subject());
    const { environment } = await under.wiring();
    const apps = ["one-app", "other-app"].map((name) => ({
      ...under.ports(),
      leases: leaseStore(blobContainer(environment.blobEndpoint, managedCredential(environment), name)),
    }));

    const ended = await states(apps.map((ports) => under.tick(subject(), "rotateNow", ports)));

    expect(ended).toEqual(["busy", "rotated"]);
    expect(await notMended(under, subject())).toEqual([]);
  }, 60_000);
});

describe("two and three workers whose leases are stolen and whose sessions are ended at random", () => {
  it.each(["alternating", "single", "admin"] as const)(
    "lose nothing: %s",
    async (strategy) => {
      const subject = under.subject(strategy, 18);
      const { state } = under.local();
      await settle(under, subject);
      const random = { seed: 7 };
      const failures: unknown[] = [];
      for (let round = 0; round < 12; round += 1) {
        const workers = Array.from({ length: 2 + (round % 2) }, () => {
          const at = Math.floor(nextRandom(random) * 30);
          const ends = nextRandom(random) < 0.5;
          return cutPorts(under.ports(), {
            async around(moment, effect) {
              if (moment === "before" && effect === at) {
                await under.endLease(subject.credential);
                if (ends) await endSessions(subject);
              }
            },
          });
        });
        await Promise.all(workers.map(({ ports }) => under.tick(subject, "rotateNow", ports)));
        const open = openVersions(state, subject.credential).length;
        const faults = await notMended(under, subject);
        if (faults.length > 0) failures.push({ round, open, faults });
      }

      expect(failures).toEqual([]);
      const latest = versionsOf(state, subject.credential.published.name).at(-1);
      expect(latest === undefined ? null : loginIn(latest)).not.toBeNull();
    },
    90_000,
  );
});
