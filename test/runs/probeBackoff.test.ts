import { describe, expect, it } from "@jest/globals";
import type { TickReport } from "../../shared/rotate/tickReport.ts";
import { recoverCredentials } from "../../shared/runs/recoverCredentials.ts";
import { type FakeCredentialPorts, fakeCredentialPorts } from "./fakeCredentialPorts.ts";
import { noSignal } from "./fakeScanPorts.ts";

const broken: Partial<TickReport> = {
  state: "broken",
  remarks: [{ code: "OUT_OF_BAND", message: "Somebody changed the password.", remedy: null }],
};

/** Minutes after the first, of the ticks that the timer's next hours have. */
async function ticksIn(hours: number, ports: FakeCredentialPorts): Promise<readonly number[]> {
  const begin = ports.time.getTime();
  const at: number[] = [];
  for (let minutes = 0; minutes <= hours * 60; minutes += 5) {
    // A timer is late by some seconds, now more, now less.
    ports.time = new Date(begin + minutes * 60_000 + ((minutes * 7) % 20) * 1000);
    const before = ports.ticks.length;
    await recoverCredentials({ runId: "recover-1", actor: "timer", patient: true }, ports, noSignal());
    if (ports.ticks.length > before) at.push(minutes);
  }
  return at;
}

function brokenPorts(): FakeCredentialPorts {
  const ports = fakeCredentialPorts();
  ports.of("app").reports.push(...Array.from({ length: 200 }, () => broken));
  return ports;
}

describe("a published secret that keeps being refused", () => {
  it("is tried by the timer at growing intervals, and well within the hour", async () => {
    expect(await ticksIn(6, brokenPorts())).toEqual([0, 5, 10, 20, 40, 80, 125, 170, 215, 260, 305, 350]);
  });

  it("is tried at once when somebody asks", async () => {
    const ports = brokenPorts();
    await ticksIn(2, ports);
    const before = ports.ticks.length;

    await recoverCredentials({ runId: "recover-cli", actor: "anna" }, ports, noSignal());

    expect(ports.ticks).toHaveLength(before + 1);
  });

  it.each([
    ["another version is published", (ports: FakeCredentialPorts) => void (ports.of("app").generation += 1)],
    [
      "a rotation is open",
      (ports: FakeCredentialPorts) =>
        void (ports.of("app").intent = {
          generation: 2,
          rotationId: "01935f00-0000-7000-8000-000000000002",
          role: "app",
          createdAt: "2026-11-22T08:00:00Z",
        }),
    ],
    [
      "the vault does not answer, which the tick tells",
      (ports: FakeCredentialPorts) => void (ports.of("app").vaultFault = new Error("No answer.")),
    ],
    [
      "nothing is remembered",
      (ports: FakeCredentialPorts) => {
        ports.store.blobs.clear();
      },
    ],
  ])("is tried at once when %s", async (_name, change) => {
    const ports = brokenPorts();
    await ticksIn(2, ports);
    const before = ports.ticks.length;
    change(ports);

    await recoverCredentials({ runId: "recover-2", actor: "timer", patient: true }, ports, noSignal());

    expect(ports.ticks).toHaveLength(before + 1);
  });
});
