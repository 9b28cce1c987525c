import { describe, expect, it } from "@jest/globals";
import { cutPorts } from "./faultHarness.ts";
import { tick } from "../../shared/rotate/tick.ts";
import {
  credentialOf,
  DAY_MS,
  emptyState,
  portsOf,
  runTick,
  server,
  settledState,
  tickAfter,
} from "./rotationWorld.ts";

describe.each(["alternating", "single", "admin"] as const)("a tick of a credential that is %s", (strategy) => {
  const credential = credentialOf(strategy);

  it("makes the first version when asked", async () => {
    const state = emptyState();

    const refused = await tickAfter(state, credential, "recover");
    const rotated = await tickAfter(state, credential, "rotateIfDue");
    const healthy = await tickAfter(state, credential, "rotateIfDue");

    expect(refused).toMatchObject({ state: "refused", remarks: [{ code: "SECRET_MISSING" }] });
    expect(rotated).toMatchObject({
      state: "rotated",
      published: { logsIn: true, key: { generation: 1 } },
      intent: null,
    });
    expect(healthy).toMatchObject({ state: "healthy", published: { logsIn: true, key: { generation: 1 } } });
  });

  it("rotates what is due, and only that", async () => {
    const state = await settledState(credential);

    const rotated = await tickAfter(state, credential, "rotateIfDue");
    const healthy = await tickAfter(state, credential, "rotateIfDue", DAY_MS);

    expect(rotated).toMatchObject({ state: "rotated", published: { key: { generation: 3 } }, remarks: [] });
    expect(healthy.state).toBe("healthy");
  });
});

describe("the journal of a tick", () => {
  const changes = ["sql password.change", "administration.submitPassword"];

  it.each(["alternating", "single", "admin"] as const)(
    "is written down before a password changes, and not again until it is published: %s",
    async (strategy) => {
      const credential = credentialOf(strategy);
      const state = await settledState(credential);
      const order: string[] = [];
      const worker = cutPorts(portsOf(state), {
        around(moment, _effect, name) {
          if (moment === "before" && changes.includes(name)) order.push("change");
          if (moment === "before" && name.startsWith("secrets.write ")) order.push("write");
          return Promise.resolve();
        },
      });
      const journal = {
        note: ({ step }: { readonly step: string }) => void order.push(step),
        flush: () => Promise.resolve(void order.push("flush")),
      };

      await tick({ server, credential, wish: "rotateNow" }, worker.ports, journal, new AbortController().signal);

      const told = order.filter((event) => ["flush", "write", "prepare", "change", "publish"].includes(event));
      expect(told).toEqual(["flush", "write", "prepare", "flush", "change", "write", "publish", "flush"]);
    },
  );
});

describe("a tick whose session ends after COMMIT", () => {
  it.each(["single", "alternating"] as const)("goes on in another one at once: %s", async (strategy) => {
    const credential = credentialOf(strategy);
    const state = await settledState(credential);
    const worker = cutPorts(portsOf(state), {
      async around(moment, _effect, name) {
        if (moment === "after" && name === "sql transaction.commit") await worker.killSessions();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);

    expect(report).toMatchObject({
      state: "recovered",
      intent: null,
      published: { logsIn: true, key: { generation: 3 } },
    });
  });
});

describe("a tick that is honest about what it does not know", () => {
  it.each([
    ["single", null],
    ["alternating", true],
  ] as const)("says of an interrupted rotation that is %s: what is published logs in: %s", async (strategy, logsIn) => {
    const credential = credentialOf(strategy);
    const state = await settledState(credential);
    const worker = cutPorts(portsOf(state), {
      around(moment, _effect, name) {
        if (moment === "after" && name === "sql transaction.commit") state.leases.clear();
        return Promise.resolve();
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);

    expect(report).toMatchObject({ state: "open", published: { logsIn, key: { generation: 2 } } });
  });

  it("does not call a rotation its own that another worker's superseded", async () => {
    const credential = credentialOf("single");
    const state = await settledState(credential);
    const lease = { renew: () => Promise.resolve(true), release: () => Promise.resolve() };
    function ports() {
      return { ...portsOf(state), leases: { acquire: () => Promise.resolve(lease) } };
    }
    let isOver = false;
    const worker = cutPorts(ports(), {
      async around(moment, _effect, name) {
        if (isOver || moment !== "before" || name !== "sql ledger.upsert") return;
        isOver = true;
        state.locks.clear();
        // The first one brings the paused worker's rotation to its end.
        for (let count = 0; count < 2; count += 1) await runTick({ credential, wish: "rotateNow" }, ports());
      },
    });

    const { report } = await runTick({ credential, wish: "rotateNow" }, worker.ports);

    expect(report).toMatchObject({ state: "recovered", published: { logsIn: true, key: { generation: 4 } } });
  });
});
