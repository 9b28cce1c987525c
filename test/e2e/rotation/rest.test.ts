import { expect, describe, it } from "@jest/globals";
import type { Credential } from "../../../shared/model/credential.ts";
import { recoverCredentials } from "../../../shared/runs/recoverCredentials.ts";
import { rotateCredential } from "../../../shared/runs/rotateCredential.ts";
import { cliRunId } from "../../../shared/runs/runIds.ts";
import { cutPorts } from "../../rotate/faultHarness.ts";
import { cutTick, notMended, settle } from "./cutRotation.ts";
import { forever, rotationUnderTest, type Subject } from "./rotationUnderTest.ts";
import { broken, openVersions, publishedLogsIn, verifierOf } from "./storedLogins.ts";

const under = rotationUnderTest([18]);

function single(change?: Partial<Credential>): Subject {
  return under.subject("single", 18, change);
}

function pair(change?: Partial<Credential>): Subject {
  return under.subject("alternating", 18, change);
}

/** A secret that was there before pgwarden. */
function writeFirst(name: string, value: string): void {
  const now = Math.floor(Date.now() / 1000);
  const version = { version: "a".repeat(32), value, contentType: null, enabled: true, created: now, updated: now };
  const versions = [{ ...version, notBefore: null, expires: null, tags: {} }];
  under.local().state.vault.secrets.set(name, { name, versions });
}

describe("49. a credential that is looked at for the first time", () => {
  const value = JSON.stringify({ username: "report", password: "Before.pgwarden-1234567890" });

  it("is not given a secret unless somebody asks", async () => {
    const report = await under.tick(single(), "recover");

    expect(report).toMatchObject({ state: "refused", remarks: [{ code: "SECRET_MISSING" }], published: null });
    expect(await verifierOf(single(), "report")).toBeNull();
  });

  it("is told when its secret does not log in, and nothing is changed", async () => {
    writeFirst("report-18", value);

    const report = await under.tick(single(), "recover");

    expect(report).toMatchObject({ state: "broken", remarks: [{ code: "LOGIN_REFUSED" }] });
    expect(await verifierOf(single(), "report")).toBeNull();
  });

  it("is imported when its secret logs in, without a rotation", async () => {
    await single().superuser.query("alter role report password 'Before.pgwarden-1234567890'");
    const before = await verifierOf(single(), "report");

    const report = await under.tick(single(), "recover");

    expect(report).toMatchObject({ state: "imported", published: { logsIn: true, key: { generation: 1 } } });
    expect(await verifierOf(single(), "report")).toBe(before);
    expect(await notMended(under, single())).toEqual([]);
  });
});

it("48. a function that is told to stop, at any effect, loses nothing", async () => {
  const failures: unknown[] = [];
  for (const subject of [single(), pair()]) {
    await settle(under, subject);
    for (let at = 0; at < 44; at += 2) {
      const stopping = new AbortController();
      const worker = cutPorts(under.ports(), {
        around(_moment, effect) {
          if (effect === at) stopping.abort();
          return Promise.resolve();
        },
      });
      const report = await under.tick(subject, "rotateNow", worker.ports, stopping.signal);
      const faults = [...(await broken(subject, under.local().state)), ...(await notMended(under, subject))];
      if (faults.length > 0) failures.push({ at: worker.effects[at], state: report.state, faults });
    }
  }

  expect(failures).toEqual([]);
}, 90_000);

/** A rotation whose value is stored, and no more. */
async function opened(subject: Subject): Promise<void> {
  await settle(under, subject);
  await cutTick(under, subject, "rotateNow", { effect: "sql settings.iterations", kind: "diesBefore" });
  await under.endLease(subject.credential);
  expect(openVersions(under.local().state, subject.credential)).toHaveLength(1);
}

it.each([single, pair])(
  "50. a credential that is disabled has its open rotation brought to its end: %#",
  async (of) => {
    await opened(of());

    const report = await under.tick(of({ enabled: false }), "recover");
    const next = await under.tick(of({ enabled: false }), "rotateNow");

    expect(report).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
    expect(next.state).toBe("healthy");
  },
  30_000,
);

it("51. a strategy that is changed has its open rotation brought to its end under the old one", async () => {
  await opened(pair());
  const changed = pair({ strategy: "single", roles: ["shop_a"], owner: null });

  const toSingle = await under.tick(changed, "recover");
  const user = toSingle.published?.user ?? "";
  const asSingle = pair({ strategy: "single", roles: [user], owner: null });
  await cutTick(under, asSingle, "rotateNow", { effect: "sql settings.iterations", kind: "diesBefore" });
  await under.endLease(asSingle.credential);
  const back = await under.tick(pair(), "recover");

  expect(toSingle).toMatchObject({ state: "recovered", intent: null, published: { logsIn: true } });
  expect(back).toMatchObject({ intent: null, published: { logsIn: true } });
  expect(await publishedLogsIn(pair(), under.local().state)).toBe(true);
  expect(await notMended(under, pair())).toEqual([]);
}, 30_000);

it("52. a credential that keeps failing is told of once, and holds up no other", async () => {
  for (const subject of [single(), pair(), under.subject("admin", 18)]) await settle(under, subject);
  async function recover(id: string) {
    const results = await recoverCredentials(
      { runId: cliRunId(new Date(), id), actor: "test" },
      under.wired(),
      forever,
    );
    return Object.fromEntries(results.map(({ credential, state, told }) => [credential, { state, told }]));
  }
  await recover("rest1");
  await single().superuser.query("alter role report password 'Changed.by-hand-1234567890'");

  const first = await recover("rest2");
  const second = await recover("rest3");

  expect(first).toMatchObject({ "report-18": { state: "broken", told: true }, "shop-18": { state: "healthy" } });
  expect(second).toMatchObject({ "report-18": { state: "broken", told: false }, "admin-18": { state: "healthy" } });
  expect((await under.tick(single(), "rotateNow")).state).toBe("repaired");
}, 30_000);

it("53. a rotation goes on while Log Analytics is down, and its rows are spooled", async () => {
  await settle(under, single());
  const action = { kind: "status", status: 400 } as const;
  const mend = under.local().emulator.faults.add({ path: "/dataCollectionRules/", action });
  const request = { credential: "report-18", requestId: "http-spooled-0001", reason: "http", actor: "test" } as const;
  const result = await rotateCredential(request, under.wired(), forever);
  mend();

  expect(result?.report).toMatchObject({ state: "rotated", published: { logsIn: true } });
  expect(result?.recorded).toMatchObject({ delivery: "spooled", problems: [] });
}, 60_000);
