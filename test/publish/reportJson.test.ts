import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { reportJson } from "../../shared/publish/reportJson.ts";
import { Report } from "../../shared/publish/reportSchema.ts";
import { serverRef, takenAt } from "../builders.ts";
import { drift, finding, run, serverResult } from "./publishBuilders.ts";

function scanned(name: string) {
  const server = serverRef({ name });
  return {
    result: serverResult({ serverId: server.id, serverName: name }),
    server,
    takenAt,
    findings: [finding()],
    drifts: [drift()],
  };
}

describe("reportJson", () => {
  it("fits its documented schema, exactly", () => {
    const text = JSON.stringify(reportJson(run(), [scanned("orders")]));

    expect(v.parse(Report, JSON.parse(text))).toEqual(JSON.parse(text));
  });

  it("names servers in one order and keys in one order", () => {
    const report = reportJson(run(), [scanned("orders"), scanned("billing")]);

    expect(JSON.stringify(report)).toBe(JSON.stringify(reportJson(run(), [scanned("billing"), scanned("orders")])));
    expect(report.servers.map(({ name }) => name)).toEqual(["billing", "orders"]);
    expect(Object.keys(report)).toEqual(["schema", "run", "servers"]);
  });

  it("keeps the gaps of a server that could not be read", () => {
    const report = reportJson(run(), [scanned("orders")]);

    expect(report.servers[0]?.gaps).toEqual([
      { section: "roles", reason: "denied", detail: "The login has no right." },
    ]);
    expect(report.run.missing).toEqual(["billing"]);
  });
});
