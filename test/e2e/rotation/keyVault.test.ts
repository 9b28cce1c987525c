import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Fault } from "../../../shared/local/emulator/faults.ts";
import type { TickReport } from "../../../shared/rotate/tickReport.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { cutTick, notMended, settle } from "./cutRotation.ts";
import { rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import {
  broken,
  forgetOldVersions,
  loginIn,
  openVersions,
  publishedLogsIn,
  verifierOf,
  versionsOf,
} from "./storedLogins.ts";

const under = rotationUnderTest([17]);

function single(): Subject {
  return under.subject("single", 17);
}

function pair(): Subject {
  return under.subject("alternating", 17);
}

function vault() {
  return under.local().state.vault;
}

function codes({ remarks }: TickReport): readonly string[] {
  return remarks.map(({ code }) => code).filter((code) => code !== "STATEMENTS_LOGGED");
}

/** A rotation during which `change` is made before or after an effect. */
async function rotateWith(
  subject: Subject,
  [moment, at]: readonly ["before" | "after", string],
  change: () => void,
): Promise<TickReport> {
  const worker = cutPorts(under.ports(), {
    around(when, _effect, name) {
      if (when === moment && name === at) change();
      return Promise.resolve();
    },
  });
  return await under.tick(subject, "rotateNow", worker.ports);
}

async function withFault<T>(fault: Fault, work: () => Promise<T>): Promise<T> {
  const mend = under.local().emulator.faults.add(fault);
  try {
    return await work();
  } finally {
    mend();
  }
}

const publishedPath = /\/secrets\/report-17$/i;
const pendingPath = /\/secrets\/report-17--next$/i;

/** The vault takes secrets away and has no trace of it but the deleted one. */
function softDelete(name: string): void {
  const secret = vault().secrets.get(name);
  if (secret === undefined) throw new Error(`There is no secret ${name}.`);
  const deletedAt = Math.floor(Date.now() / 1000);
  vault().secrets.delete(name);
  vault().deleted.set(name, { secret, deletedAt, purgeAt: deletedAt + 90 * 86_400 });
}

function writeByHand(subject: Subject, value: string): void {
  const versions = versionsOf(under.local().state, subject.credential.published.name);
  const last = versions.at(-1);
  if (last === undefined) throw new Error("There is no version.");
  versions.push({ ...last, version: "f".repeat(24) + String(versions.length).padStart(8, "0"), value, tags: {} });
}

beforeAll(async () => {
  for (const subject of [single(), pair()]) await settle(under, subject);
}, 30_000);

it("16. 429 with Retry-After to each request in turn loses nothing", async () => {
  const failures: unknown[] = [];
  const states = new Set<string>();
  for (const subject of [single(), pair()]) {
    for (let skip = 0; skip < 20; skip += 1) {
      const action = { kind: "status", status: 429, code: "Throttled", headers: { "retry-after": "20" } } as const;
      const { report, faults } = await withFault({ path: "/secrets/", skip, times: 1, action }, () =>
        cutTick(under, subject, "rotateNow"),
      );
      states.add(report?.state ?? "?");
      const all = [...faults, ...(await notMended(under, subject))];
      if (all.length > 0) failures.push({ skip, all });
    }
  }

  expect(failures).toEqual([]);
  expect([...states].toSorted()).toEqual(["open", "rotated", "unknown"]);
}, 60_000);

describe("17. 403 on a write", () => {
  it("of the pending secret changes nothing", async () => {
    const before = await verifierOf(single(), "report");

    const action = { kind: "status", status: 403, code: "Forbidden" } as const;
    const report = await withFault({ method: "PUT", path: pendingPath, action }, () =>
      under.tick(single(), "rotateNow"),
    );

    expect([report.state, codes(report), report.intent]).toEqual(["refused", ["VAULT_DENIED"], null]);
    expect(await verifierOf(single(), "report")).toBe(before);
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);

  it("of the published secret gives the role its published password back", async () => {
    const before = await verifierOf(single(), "report");

    const action = { kind: "status", status: 403, code: "Forbidden" } as const;
    const report = await withFault({ method: "PUT", path: publishedPath, action }, () =>
      under.tick(single(), "rotateNow"),
    );

    expect(codes(report)).toEqual(["VAULT_DENIED"]);
    expect(report).toMatchObject({ state: "postponed", intent: null, published: { logsIn: true } });
    expect(await verifierOf(single(), "report")).not.toBe(before);
    expect(await publishedLogsIn(single(), under.local().state)).toBe(true);
    expect(await notMended(under, single())).toEqual([]);
    expect((await under.tick(single(), "rotateNow")).state).toBe("rotated");
  }, 30_000);

  it("of the published secret keeps a pair's rotation open, with consumers served", async () => {
    const action = { kind: "status", status: 403, code: "Forbidden" } as const;
    const report = await withFault({ method: "PUT", path: /\/secrets\/shop-17$/, action }, () =>
      under.tick(pair(), "rotateNow"),
    );

    expect(report).toMatchObject({ state: "open", published: { logsIn: true } });
    expect(await publishedLogsIn(pair(), under.local().state)).toBe(true);
    expect(await notMended(under, pair())).toEqual([]);
  }, 30_000);
});

describe("18. a vault that becomes read-only", () => {
  it("before anything is prepared stops the rotation there", async () => {
    const before = await verifierOf(single(), "report");
    const report = await rotateWith(single(), ["before", "secrets.write report-17--next"], () => {
      vault().readOnly = true;
    });
    vault().readOnly = false;

    expect([report.state, codes(report), report.intent]).toEqual(["unknown", ["VAULT_READ_ONLY"], null]);
    expect(await verifierOf(single(), "report")).toBe(before);
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);

  it("between apply and publish has the published password given back, which the next tick sees", async () => {
    const published = versionsOf(under.local().state, "report-17").at(-1)?.version;
    const report = await rotateWith(single(), ["after", "sql transaction.commit"], () => {
      vault().readOnly = true;
    });
    const servedMeanwhile = await publishedLogsIn(single(), under.local().state);
    vault().readOnly = false;
    const next = await under.tick(single(), "recover");

    expect([report.state, codes(report)]).toEqual(["open", ["VAULT_READ_ONLY"]]);
    expect(servedMeanwhile).toBe(true);
    expect(next).toMatchObject({ state: "recovered", intent: null, published: { version: published, logsIn: true } });
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);
});

describe("19. a secret that was deleted", () => {
  it.each(["report-17", "report-17--next"])(
    "is recovered, and not made anew: %s",
    async (name) => {
      const before = versionsOf(under.local().state, name).map(({ version }) => version);
      softDelete(name);

      const report = await under.tick(single(), "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true } });
      expect(versionsOf(under.local().state, name).map(({ version }) => version)).toEqual(before);
      expect(await notMended(under, single())).toEqual([]);
    },
    30_000,
  );

  it("is waited for while it is being recovered", async () => {
    const { behaviour } = under.local().state;
    behaviour.recoverySeconds = 0.1;
    softDelete("report-17");
    const report = await under.tick(single(), "recover");
    behaviour.recoverySeconds = 0;

    expect(report).toMatchObject({ state: "repaired", published: { logsIn: true } });
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);

  it("is told when the rotator may not recover it", async () => {
    softDelete("report-17");
    const action = { kind: "status", status: 403, code: "Forbidden" } as const;
    const report = await withFault({ method: "POST", path: "/recover", action }, () => under.tick(single(), "recover"));

    expect(codes(report)).toEqual(["SECRET_DELETED"]);
    expect(report.remarks.find(({ code }) => code === "SECRET_DELETED")?.remedy).toContain(
      "az keyvault secret recover",
    );
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);

  it("and purged is made again from the pending one, which logs in", async () => {
    vault().secrets.delete("report-17");

    const report = await under.tick(single(), "recover");

    expect(report).toMatchObject({ state: "repaired", published: { logsIn: true } });
    expect(await notMended(under, single())).toEqual([]);
  }, 30_000);
});

it("20. a newest version that somebody disabled is told, and nothing is changed", async () => {
  const newest = versionsOf(under.local().state, "report-17").at(-1);
  const before = await verifierOf(single(), "report");
  if (newest !== undefined) newest.enabled = false;

  const report = await under.tick(single(), "rotateNow");
  if (newest !== undefined) newest.enabled = true;

  expect([report.state, codes(report)]).toEqual(["broken", ["SECRET_DISABLED"]]);
  expect(await verifierOf(single(), "report")).toBe(before);
  expect(await notMended(under, single())).toEqual([]);
}, 30_000);

describe("21. a version that somebody wrote by hand", () => {
  it("is adopted when it logs in", async () => {
    const { superuser } = single();
    await superuser.query("alter role report password 'By-hand.1234567890-by-hand'");
    writeByHand(single(), JSON.stringify({ username: "report", password: "By-hand.1234567890-by-hand" }));

    const report = await under.tick(single(), "recover");

    expect([report.state, codes(report)]).toEqual(["imported", ["OUT_OF_BAND"]]);
    expect(await notMended(under, single())).toEqual([]);
    expect((await under.tick(single(), "rotateNow")).state).toBe("rotated");
  }, 30_000);

  it.each(["wrong", "old"])(
    "gives way to the ledger's when it does not log in: %s",
    async (kind) => {
      const versions = versionsOf(under.local().state, "report-17");
      const good = versions.at(-1);
      const old = versions.at(-2)?.value ?? "";
      writeByHand(single(), kind === "old" ? old : JSON.stringify({ username: "report", password: "wrong" }));

      const report = await under.tick(single(), "recover");

      expect(report).toMatchObject({ state: "repaired", published: { logsIn: true } });
      const latest = versionsOf(under.local().state, "report-17").at(-1);
      expect(latest?.value).toBe(good?.value);
      expect(await notMended(under, single())).toEqual([]);
    },
    30_000,
  );
});

it("22. a replica of the vault that lags behind is asked again", async () => {
  const report = await rotateWith(single(), ["before", "secrets.write report-17"], () => {
    vault().staleReads.set("report-17", 2);
  });

  expect(report).toMatchObject({ state: "rotated", published: { logsIn: true } });
  expect(await notMended(under, single())).toEqual([]);
}, 30_000);

it("23. versions without an order, of one second, change no decision", async () => {
  await cutTick(under, pair(), "rotateNow", { effect: "sql transaction.commit", kind: "diesAfter" });
  const { credential } = pair();
  for (const { name } of [credential.published, credential.pending]) {
    const versions = versionsOf(under.local().state, name);
    const last = versions.at(-1);
    const others = versions.slice(0, -1).toReversed();
    if (last === undefined) throw new Error(`There is no version of ${name}.`);
    // What is newest is the service's own knowledge; the list of versions does not show it.
    versions.splice(0, versions.length, ...others, last);
    for (const version of versions) version.created = last.created;
  }

  expect(await notMended(under, pair())).toEqual([]);
  const [latest] = versionsOf(under.local().state, credential.published.name).slice(-1);
  expect(latest === undefined ? null : loginIn(latest)).not.toBeNull();
}, 30_000);

it("25. 401 to each request in turn loses nothing", async () => {
  const failures: unknown[] = [];
  for (let skip = 0; skip < 20; skip += 1) {
    const action = { kind: "status", status: 401, code: "Unauthorized" } as const;
    const { faults } = await withFault({ path: "/secrets/", skip, times: 1, action }, () =>
      cutTick(under, single(), "rotateNow"),
    );
    const all = [...faults, ...(await notMended(under, single()))];
    if (all.length > 0) failures.push({ skip, all });
  }

  expect(failures).toEqual([]);
  expect(openVersions(under.local().state, single().credential)).toEqual([]);
  expect(await broken(single(), under.local().state)).toEqual([]);
  forgetOldVersions(under.local().state, single().credential);
}, 60_000);
