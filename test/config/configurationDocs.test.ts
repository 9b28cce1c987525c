import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { configurationDocs } from "../../infra/configurationDocs.ts";
import { loadConfig } from "../../shared/config/loadConfig.ts";
import { subscriptionId } from "../builders.ts";

const docs = configurationDocs();

describe("configurationDocs", () => {
  it.each([...docs.keys()])("is what %s holds (npx tsx infra/writeConfigurationDocs.ts)", (path) => {
    expect(readFileSync(join(__dirname, "../..", path), "utf8")).toBe(docs.get(path));
  });

  it("explains every key and its default", () => {
    const rows = (docs.get("docs/configuration.md") ?? "").split("\n").filter((line) => line.startsWith("| `"));
    const keys = rows.filter((line) => !/^\| `(?:[A-Z]|AzureWebJobs)/.test(line));

    expect(keys).not.toEqual([]);
    for (const row of keys) {
      const cells = row.split(" | ").map((cell) => cell.trim());
      expect(cells).toHaveLength(4);
      const isOptional = cells[2] !== "required" && cells[2] !== "none";
      expect(isOptional ? row : "Default: ").toContain("Default: ");
    }
  });

  it("has a row for every value of a configuration", () => {
    const page = docs.get("docs/configuration.md") ?? "";
    const config = loadConfig(
      `scope: { subscriptions: [${subscriptionId}] }
publish: { logAnalytics: { endpoint: "https://x", ruleId: dcr-${"0".repeat(32)} } }`,
      "pgwarden.yaml",
    );

    expect(leaves(config).filter((path) => !page.includes(`| \`${path}\` `))).toEqual([]);
  });
});

function leaves(value: object, path = ""): readonly string[] {
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    const name = path === "" ? key : `${path}.${key}`;
    const isMapping = typeof inner === "object" && inner !== null && !Array.isArray(inner) && key !== "tags";
    return isMapping ? leaves(inner, name) : [name];
  });
}
