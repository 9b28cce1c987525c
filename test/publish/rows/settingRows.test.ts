import { describe, expect, it } from "@jest/globals";
import { collected } from "../../../shared/collect/section.ts";
import { settingRows } from "../../../shared/publish/rows/settingRows.ts";
import { parameter, posture, serverRef, takenAt } from "../../builders.ts";
import { expectRow } from "./checkRow.ts";

const context = { runId: "r1", now: new Date("2026-11-22T06:00:05.000Z"), takenAt, server: serverRef() };

describe("settingRows", () => {
  it("sets configured beside effective, and leaves defaults that nobody watches out", () => {
    const rows = settingRows(
      posture({
        parameters: collected([
          parameter("require_secure_transport", "on", { source: "system-default", defaultValue: "on" }),
          parameter("work_mem", "4096", { source: "system-default" }),
          parameter("max_wal_size", "2048", { pendingRestart: true }),
        ]),
        settings: collected([
          {
            name: "require_secure_transport",
            value: "off",
            unit: null,
            source: "configuration file",
            context: "sighup",
            pendingRestart: false,
          },
        ]),
      }),
      context,
    );

    for (const row of rows) expectRow("PgWardenSetting_CL", row);
    expect(rows.map(({ SettingName, Configured, Effective }) => [SettingName, Configured, Effective])).toEqual([
      ["max_wal_size", "2048", null],
      ["require_secure_transport", "on", "off"],
    ]);
  });
});
