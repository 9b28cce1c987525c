import { describe, expect, it } from "@jest/globals";
import { RotationError } from "../../shared/rotate/rotationError.ts";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import { credentialStatus } from "../../shared/runs/credentialStatus.ts";
import { readCredentialState } from "../../shared/runs/credentialState.ts";
import { recoverCredentials } from "../../shared/runs/recoverCredentials.ts";
import { CredentialBusyError, rotateCredential } from "../../shared/runs/rotateCredential.ts";
import { UnknownCredentialError } from "../../shared/runs/rotationPorts.ts";
import { expectRow } from "../publish/rows/checkRow.ts";
import { type FakeCredentialPorts, fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const byTimer = { credential: "app", requestId: "timer-20261122T061000Z", reason: "timer", actor: "timer" } as const;
const byHttp = { credential: "app", requestId: "http-0123456789abcdef", reason: "http", actor: "http" } as const;

const wholeRotation = [
  "rotation.start started",
  "rotation.preflight done",
  "rotation.prepare done",
  "rotation.apply done",
  "rotation.publish done",
  "rotation.close done",
  "rotation.state rotated",
];

/** The events that Log Analytics knows, by their place in the chain. */
function rowsOfAudit({ sink }: FakeCredentialPorts): readonly string[] {
  const bySeq = new Map(sink.rows().flatMap((row) => (row["Seq"] === undefined ? [] : [[row["Seq"], row] as const])));
  return [...bySeq]
    .sort(([left], [right]) => Number(left) - Number(right))
    .map(([, row]) => `${String(row["Action"])} ${String(row["Outcome"])}`);
}

describe("rotateCredential", () => {
  it("rotates what somebody asks for, and tells every step to the audit log and Log Analytics", async () => {
    const ports = fakeCredentialPorts();

    const result = await rotateCredential(byHttp, ports, noSignal());

    expect(result?.report.state).toBe("rotated");
    expect(result?.recorded).toEqual({ told: true, delivery: "delivered", problems: [] });
    expect(ports.told("app")).toEqual(wholeRotation);
    const rows = ports.sink.rows().filter((row) => row["Credential"] === "app");
    for (const row of rows) expectRow("PgWardenRotation_CL", row);
    expect(rows.map((row) => [row["Scope"], row["Step"], row["State"], row["Generation"]])).toEqual([
      ["step", "preflight", "rotated", 1],
      ["step", "prepare", "rotated", 1],
      ["step", "apply", "rotated", 1],
      ["step", "publish", "rotated", 2],
      ["step", "close", "rotated", 2],
      ["tick", null, "rotated", 2],
    ]);
    expect(rows.at(-1)).toMatchObject({
      RunId: byHttp.requestId,
      Reason: "http",
      ServerName: "orders",
      VaultName: "contoso",
      SecretName: "app",
      SecretVersion: "v2",
      PublishedAt: "2026-11-22T06:10:00.000Z",
      NextDueAt: "2027-02-20T06:10:00.000Z",
      LogsIn: true,
    });
    expect(new Set(rows.map((row) => row["RowId"])).size).toBe(rows.length);
  });

  it("grants a request once, however often its message comes", async () => {
    const ports = fakeCredentialPorts();
    await rotateCredential(byHttp, ports, noSignal());

    const again = await rotateCredential(byHttp, ports, noSignal());

    expect(again).toBeUndefined();
    expect(ports.of("app").generation).toBe(2);
    expect(ports.ticks).toEqual(["rotateNow app"]);
  });

  it("does not begin a second rotation when the first try died after it had published", async () => {
    const ports = fakeCredentialPorts();
    ports.of("app").death = new Error("The worker is gone.");

    await expect(rotateCredential(byHttp, ports, noSignal())).rejects.toThrow("The worker is gone.");
    const again = await rotateCredential(byHttp, ports, noSignal());

    expect(ports.ticks).toEqual(["rotateNow app", "recover app"]);
    expect(ports.of("app").generation).toBe(2);
    expect(again?.report.state).toBe("healthy");
    // Nobody was told of the line that the dead worker had written; now it has its row.
    expect(ports.told("app").slice(0, 2)).toEqual(["rotation.start started", "rotation.start resumed"]);
    expect(rowsOfAudit(ports)).toEqual(ports.told("app"));
    expect((await readCredentialState(ports.store, "app", noSignal())).requests).toMatchObject([
      { id: byHttp.requestId, status: "done" },
    ]);
  });

  it("tries again when the first try died before it had published", async () => {
    const ports = fakeCredentialPorts();
    ports.of("app").fault = new Error("The worker is gone.");
    await expect(rotateCredential(byHttp, ports, noSignal())).rejects.toThrow("The worker is gone.");
    ports.of("app").fault = undefined;

    await rotateCredential(byHttp, ports, noSignal());

    expect(ports.ticks).toEqual(["rotateNow app", "rotateNow app"]);
    expect(ports.of("app").generation).toBe(2);
  });

  it("rotates by the timer only what is due when the message arrives", async () => {
    const ports = fakeCredentialPorts();

    const early = await rotateCredential(byTimer, ports, noSignal());
    ports.time = new Date("2027-01-30T00:00:00.000Z");
    const due = await rotateCredential({ ...byTimer, requestId: "timer-20270130T000000Z" }, ports, noSignal());

    expect([early?.report.state, due?.report.state]).toEqual(["healthy", "rotated"]);
    expect(ports.ticks).toEqual(["rotateIfDue app", "rotateIfDue app"]);
  });

  it("begins nothing by the timer once the window has closed", async () => {
    const ports = fakeCredentialPorts(["app"], {
      more: { window: { opens: "0 0 2 * * *", lasts: "1h" }, maxAge: "7d" },
    });

    await rotateCredential(byTimer, ports, noSignal());
    ports.time = new Date("2026-11-23T02:10:00.000Z");
    await rotateCredential({ ...byTimer, requestId: "timer-20261123T021000Z" }, ports, noSignal());

    expect(ports.ticks).toEqual(["recover app", "rotateIfDue app"]);
    expect(ports.of("app").generation).toBe(2);
  });

  it("rotates outside of the window for whoever asks", async () => {
    const ports = fakeCredentialPorts(["app"], { more: { window: { opens: "0 0 2 * * *", lasts: "1h" } } });

    await rotateCredential(byHttp, ports, noSignal());

    expect(ports.of("app").generation).toBe(2);
  });

  it("only runs forward what is open of a credential that is disabled", async () => {
    const ports = fakeCredentialPorts(["app"], { more: { enabled: false } });

    await rotateCredential(byHttp, ports, noSignal());
    await rotateCredential(byTimer, ports, noSignal());

    expect(ports.ticks).toEqual(["recover app", "recover app"]);
  });

  it("begins nothing while the audit log takes no line", async () => {
    const ports = fakeCredentialPorts();
    ports.audit.beforeAppend = () => Promise.reject(new Error("Storage does not answer."));

    await expect(rotateCredential(byHttp, ports, noSignal())).rejects.toThrow("Storage does not answer.");

    expect(ports.ticks).toEqual([]);
    expect(ports.of("app").generation).toBe(1);
  });

  it("rotates although Log Analytics is down, and spools its rows", async () => {
    const ports = fakeCredentialPorts();
    ports.sink.fault = { status: 503 };

    const result = await rotateCredential(byHttp, ports, noSignal());

    expect(result?.report.state).toBe("rotated");
    expect(result?.recorded).toEqual({ told: true, delivery: "spooled", problems: [] });
    expect(ports.told("app")).toEqual(wholeRotation);
  });

  it("comes back for a request that met another worker, and lets the timer's go", async () => {
    const ports = fakeCredentialPorts();
    const busy: Partial<TickReport> = { state: "busy", published: null };
    ports.of("app").reports.push(busy, busy);

    await expect(rotateCredential(byHttp, ports, noSignal())).rejects.toThrow(CredentialBusyError);
    const byTick = await rotateCredential(byTimer, ports, noSignal());
    await rotateCredential(byHttp, ports, noSignal());

    expect(byTick?.report.state).toBe("busy");
    expect(byTick?.recorded).toEqual({ told: false, delivery: "delivered", problems: [] });
    expect(ports.of("app").generation).toBe(2);
    expect(rowsOfAudit(ports)).toEqual(ports.told("app"));
  });

  it("counts failures in a row, not what is postponed, and forgets them after a rotation", async () => {
    const ports = fakeCredentialPorts();
    const refused: Partial<TickReport> = {
      state: "refused",
      remarks: [{ code: "RIGHT_MISSING", message: "The rotator may not alter app.", remedy: "grant app to rotator" }],
    };
    const stale = { code: "STALE_CONSUMER" as const, message: "A session is old.", remedy: null };
    async function failuresAfter(report: Partial<TickReport> | undefined, requestId: string) {
      if (report !== undefined) ports.of("app").reports.push(report);
      await rotateCredential({ ...byHttp, requestId }, ports, noSignal());
      const { hindrance } = await readCredentialState(ports.store, "app", noSignal());
      return hindrance && [hindrance.state, hindrance.failures];
    }

    expect(await failuresAfter(refused, "http-00000001")).toEqual(["refused", 1]);
    expect(await failuresAfter(refused, "http-00000002")).toEqual(["refused", 2]);
    expect(await failuresAfter({ state: "postponed", remarks: [stale] }, "http-00000003")).toEqual(["postponed", 0]);
    expect(await failuresAfter(undefined, "http-00000004")).toBeNull();
  });

  it("tells of what hinders rotations once, and keeps it apart from how the secret does", async () => {
    const ports = fakeCredentialPorts();
    const refused: Partial<TickReport> = {
      state: "refused",
      remarks: [{ code: "RIGHT_MISSING", message: "The rotator may not alter app.", remedy: "grant app to rotator" }],
    };
    ports.of("app").reports.push({ state: "healthy" }, refused, refused);
    for (const slot of ["05", "06", "07"])
      await rotateCredential({ ...byTimer, requestId: `timer-20261122T${slot}1000Z` }, ports, noSignal());

    expect(ports.told("app").filter((line) => line.startsWith("rotation.state"))).toEqual([
      "rotation.state healthy",
      "rotation.state refused",
    ]);
    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      state: "refused",
      problem: { codes: ["RIGHT_MISSING"], message: "The rotator may not alter app.", remedy: "grant app to rotator" },
    });
    expect((await readCredentialState(ports.store, "app", noSignal())).health?.state).toBe("healthy");
  });

  it("keeps what a rotation remarked, and does not take the next look for its end", async () => {
    const ports = fakeCredentialPorts();
    const remark = { code: "STATEMENTS_LOGGED" as const, message: "The log gets each verifier.", remedy: "set it off" };
    ports.of("app").reports.push({ state: "rotated", remarks: [remark] });
    await rotateCredential(byHttp, ports, noSignal());
    const lines = ports.told("app").length;

    await recoverCredentials({ runId: "recover-20261122T061500Z", actor: "timer" }, ports, noSignal());

    expect(ports.told("app")).toHaveLength(lines);
    expect(await credentialStatus("app", ports, noSignal())).toMatchObject({
      state: "healthy",
      problem: null,
      advice: [remark],
    });
  });

  it("knows no credential of another name, and says which there are", async () => {
    const ports = fakeCredentialPorts(["app", "report"]);

    const rotated = rotateCredential({ ...byHttp, credential: "apq" }, ports, noSignal());

    await expect(rotated).rejects.toThrow(UnknownCredentialError);
    await expect(rotated).rejects.toThrow('There is no credential "apq"; there are: app, report.');
    expect(ports.audit.blobs.size).toBe(0);
  });

  it("asks Azure where the server is, and leaves to the tick to find a vault that does not answer", async () => {
    const ports = fakeCredentialPorts();
    const asked: boolean[] = [];
    const { servers } = ports;
    ports.servers = (credential, fresh) => {
      asked.push(fresh);
      return servers(credential, fresh);
    };
    ports.of("app").vaultFault = new RotationError("No answer.", { code: "VAULT_UNREACHABLE", effect: "none" });

    await rotateCredential(byHttp, ports, noSignal());

    expect(asked).toEqual([true]);
    expect(ports.ticks).toEqual(["rotateNow app"]);
  });

  it("refuses while its server is missing, as a failure that backs off", async () => {
    const ports = fakeCredentialPorts();
    ports.servers = () => ({ state: "missing", why: "There is no server orders in scope." });

    const result = await rotateCredential(byTimer, ports, noSignal());

    expect(result?.report).toMatchObject({ state: "refused", remarks: [{ code: "SERVER_MISSING" }] });
    expect((await readCredentialState(ports.store, "app", noSignal())).hindrance).toMatchObject({ failures: 1 });
  });

  it("remembers twenty requests, and starts anew from a state that is damaged", async () => {
    const ports = fakeCredentialPorts();
    for (let index = 0; index < 25; index += 1)
      await rotateCredential(
        { ...byTimer, requestId: `timer-000000${String(index).padStart(2, "0")}` },
        ports,
        noSignal(),
      );
    const { requests } = await readCredentialState(ports.store, "app", noSignal());
    await ports.store.write("credentials/app/state.json", new TextEncoder().encode("{"), "replace", noSignal());

    const result = await rotateCredential(byHttp, ports, noSignal());

    expect(requests.map(({ id }) => id).slice(0, 2)).toEqual(["timer-00000005", "timer-00000006"]);
    expect(requests).toHaveLength(20);
    expect(result?.recorded.problems).toEqual([]);
  });
});
