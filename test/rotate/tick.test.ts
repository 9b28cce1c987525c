import { describe, expect, it } from "@jest/globals";
import { credentialOf, DAY_MS, emptyState, settledState, tickAfter } from "./rotationWorld.ts";

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
