import { expect, it } from "@jest/globals";
import type { AccessPrincipal } from "../../shared/access/accessAnswer.ts";
import { accessText } from "../../shared/cli/accessText.ts";
import { doctorText, grantsText } from "../../shared/cli/doctorText.ts";
import { gapText } from "../../shared/cli/gapText.ts";
import { postgresText } from "../../shared/cli/scanPostgres.ts";
import {
  driftsTable,
  driftTable,
  findingsTable,
  gapLines,
  remediationList,
  rowCountTable,
  serversTable,
} from "../../shared/cli/tables.ts";
import { catalogue } from "../../shared/controls/catalogue.ts";
import type { SectionGap } from "../../shared/model/run.ts";
import type { ServerRights } from "../../shared/runs/rightStates.ts";
import type { FleetScan } from "../../shared/runs/scanFleet.ts";
import type { ServerScan } from "../../shared/runs/scanServer.ts";
import { serverRef, takenAt } from "../builders.ts";
import { drift, finding, run, serverResult } from "../publish/publishBuilders.ts";

/** Clears the screen, writes in a colour of ours, runs backwards, forges a row. */
const evil = "evil\u001b[2J\u001b[31m\u009b8m\u202e\u007f\rLOOK\ncritical  forged";
const shown = "evil\\u001b[2J\\u001b[31m\\u009b8m\\u202e\\u007f\\u000dLOOK";

const gap: SectionGap = { section: "roles", database: evil, reason: "denied", detail: evil };
const drifts = [drift({ cause: evil, message: evil, effects: [evil] })];
const scans: readonly ServerScan[] = [
  {
    result: serverResult({ serverName: evil, gaps: [gap] }),
    server: serverRef({ name: evil }),
    takenAt,
    findings: [finding({ controlId: "tls-min-version", subject: evil, message: evil })],
    drifts,
  },
];
const fleet: FleetScan = { run: run({ coverageFindings: [evil] }), scans, broken: [] };
const right = { name: evil, recommended: true, effect: evil, sections: [] };
const rights: ServerRights = {
  server: serverRef({ name: evil }),
  azure: [],
  logs: [{ right: { ...right, workspaceId: evil }, state: "missing", cost: [gap] }],
  postgres: [{ right: { ...right, database: evil, runIn: evil, sql: evil }, state: "missing", cost: [gap] }],
  otherGaps: [gap],
};
const principal: AccessPrincipal = {
  role: evil,
  login: true,
  how: "set",
  path: [evil, evil],
  via: {
    kind: "grant",
    role: evil,
    privileges: [evil],
    columns: [evil],
    through: evil,
    precondition: { needs: "SET", path: [evil] },
  },
};

const texts: Readonly<Record<string, string>> = {
  access: accessText({ target: { kind: "role", name: evil }, principals: [principal], missing: [] }, 400),
  doctor: doctorText([rights]),
  grants: grantsText([rights], { scopes: ["/subscriptions/1"], role: evil }),
  gap: gapText(evil, gap),
  gaps: gapLines(scans).join("\n"),
  findings: findingsTable(scans, 10, 400),
  servers: serversTable(scans, 400),
  drift: driftTable(scans, "previous", 400),
  drifts: driftsTable(drifts, 400),
  rows: rowCountTable({ [evil]: 3 }, 400),
  postgres: postgresText(fleet, catalogue, { limit: 10, width: 400 }),
};

it.each(Object.entries(texts))("shows what a hostile name holds and obeys none of it: %s", (_name, text) => {
  expect(text.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  expect(text).toContain(shown);
});

it.each(["findings", "drift", "drifts", "gap", "access", "doctor", "grants"])(
  "lets no name look like the next row: %s",
  (name) => {
    expect(texts[name]).not.toMatch(/^\s*critical {2}forged/m);
  },
);

it("keeps columns in line beside a hostile name", () => {
  const other = { ...scans[0], result: serverResult({ serverName: "orders" }) } as ServerScan;

  const [head = "", first = "", second = ""] = serversTable([...scans, other], 400).split("\n");

  const at = head.indexOf("STATUS");
  expect([first.slice(at, at + 7), second.slice(at, at + 7)]).toEqual([expect.anything(), "partial"]);
});

it("names no data in what to do first", () => {
  expect(remediationList(scans, catalogue, 5)).not.toContain("evil");
});
