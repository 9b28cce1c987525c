import { describe, expect, it } from "@jest/globals";
import { collectArm, maxPages } from "../../shared/collect/collectArm.ts";
import { CollectError } from "../../shared/collect/collectError.ts";
import { firewallRules } from "../../shared/collect/firewallRules.ts";
import { sectionOf } from "../../shared/collect/sectionOf.ts";
import { serverRef } from "../builders.ts";
import { memoryArm, type MemoryArm } from "../fakes/memoryArm.ts";
import { exampleBody } from "./officialExamples.ts";

const server = serverRef();
const path = `${server.id}/firewallRules`;
const forever = new AbortController().signal;

function rule(name: string) {
  return { name, properties: { startIpAddress: "10.0.0.1", endIpAddress: "10.0.0.2" } };
}

function collect(arm: MemoryArm, signal = forever) {
  return sectionOf("firewallRules of server orders", () => collectArm(firewallRules, server, arm, signal), signal);
}

describe("collectArm", () => {
  it("reads every page, the next one by its link", async () => {
    const example = exampleBody("FirewallRulesListByServer");
    const next = String(example["nextLink"]);
    const arm = memoryArm({ [path]: example, [next]: { value: [rule("last")], nextLink: null } });

    const section = await collect(arm);

    expect(section).toMatchObject({
      state: "collected",
      items: [{ name: "examplefirewallrule1" }, { name: "examplefirewallrule2" }, { name: "last" }],
    });
    expect(arm.log).toEqual([path, next]);
  });

  it("takes an empty list for a list", async () => {
    expect(await collect(memoryArm({ [path]: { value: [] } }))).toEqual({ state: "collected", items: [] });
  });

  it("gives up pages that never end, and keeps none of them", async () => {
    const arm = memoryArm({
      [path]: { value: [rule("a")], nextLink: "https://arm/loop" },
      "https://arm/loop": { value: [rule("b")], nextLink: "https://arm/loop" },
    });

    expect(await collect(arm)).toEqual({
      state: "unavailable",
      reason: "shape",
      detail: `The list at ${path} did not end after ${maxPages} pages.`,
    });
    expect(arm.log).toHaveLength(maxPages);
  });

  it("gives all pages or nothing", async () => {
    const arm = memoryArm({
      [path]: { value: [rule("a")], nextLink: "https://arm/2" },
      "https://arm/2": new CollectError("unreachable", "GET /2 met a broken service (500)."),
    });

    expect(await collect(arm)).toMatchObject({ state: "unavailable", reason: "unreachable" });
  });

  it("names the action that a refused reader needs", async () => {
    const arm = memoryArm({ [path]: new CollectError("denied", "GET was refused (403).") });

    expect(await collect(arm)).toEqual({
      state: "unavailable",
      reason: "denied",
      detail:
        "GET was refused (403). The scanner's role needs the action Microsoft.DBforPostgreSQL/flexibleServers/firewallRules/read.",
    });
  });

  it("names the place of a misfit and never the value", async () => {
    const odd = { name: "a", properties: { startIpAddress: "10.0.0.1", endIpAddress: "hunter2" } };

    const section = await collect(memoryArm({ [path]: { value: [odd] } }));

    expect(section).toMatchObject({ reason: "shape" });
    expect(JSON.stringify(section)).toMatch(/properties\.endIpAddress/);
    expect(JSON.stringify(section)).not.toMatch(/hunter2/);
    expect(await collect(memoryArm({ [path]: "a web page" }))).toMatchObject({ reason: "shape" });
  });

  it("is a matter of the deadline when the run is over", async () => {
    expect(await collect(memoryArm({}), AbortSignal.abort())).toMatchObject({ reason: "deadline" });
  });
});

describe("sectionOf", () => {
  it("does not wait for work that ignores the end of the run", async () => {
    const run = new AbortController();
    const section = sectionOf("x", () => new Promise<never[]>(() => undefined), run.signal);

    run.abort();

    expect(await section).toEqual({
      state: "unavailable",
      reason: "deadline",
      detail: "The run's time was over before x was read.",
    });
  });

  it("rethrows what is a bug", async () => {
    await expect(sectionOf("x", () => Promise.reject(new TypeError("a bug")), forever)).rejects.toThrow(TypeError);
  });
});
