import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { streamColumns } from "../../shared/publish/tables.ts";
import { analyse } from "./kusto.ts";
import { completeQuery, queryNames, readQuery, savedFunctions, schema } from "./queries.ts";
import { alerts } from "./testAlert.ts";
import { transformFaults } from "./transform.ts";

const repository = join(__dirname, "../..");
const paths = ["alerts", "workbook"].flatMap((kind) => queryNames(kind).map((name) => `${kind}/${name}`));

describe("infra/queries", () => {
  it.each(paths)("%s is KQL over the tables that are deployed", (path) => {
    const { faults, columns } = analyse(completeQuery(readQuery(path)), schema);

    expect(faults).toEqual([]);
    expect(columns.map(({ type }) => type)).not.toContain("unknown");
  });

  it.each(savedFunctions)("$name is a saved function that takes time from its caller", ({ name, parameters }) => {
    const text = readQuery(`functions/${name}`);
    const values = parameters === "" ? "" : `(${name === "PgWardenDriftSince" ? "ago(1h)" : ""})`;

    expect(analyse(completeQuery(`${name}${values}`), schema).faults).toEqual([]);
    // Alert rules take no relative time from functions.
    expect(text).not.toMatch(/\b(ago|now)\s*\(/);
  });

  it("deploys every saved function", () => {
    expect(queryNames("functions")).toEqual(savedFunctions.map(({ name }) => name).sort());
  });
});

describe("infra/alerts.json", () => {
  it("asks every query under alerts once", () => {
    expect(alerts.map(({ id }) => id).sort()).toEqual(queryNames("alerts"));
  });

  it.each(alerts)("$id gives the columns that its rule names", ({ id, resourceIdColumn, dimensions }) => {
    const { columns } = analyse(completeQuery(readQuery(`alerts/${id}`)), schema);
    const typeOf = new Map(columns.map(({ name, type }) => [name, type]));

    expect(resourceIdColumn === null ? "string" : typeOf.get(resourceIdColumn)).toBe("string");
    // Other types are no dimensions.
    expect(dimensions.filter((name) => !["string", "int", "long", "real"].includes(typeOf.get(name) ?? ""))).toEqual(
      [],
    );
  });

  it.each(alerts)("$id asks what a rule may ask, of the two days that it sees", ({ id, windowSize }) => {
    const text = readQuery(`alerts/${id}`);
    const spans = [...text.matchAll(/\bago\((?<span>[^)]*)\)/g)].map(({ groups }) => groups?.["span"] ?? "");

    expect(text).not.toMatch(/\b(bag_unpack|pivot|narrow|AggregatedValue|now\s*\()/);
    expect(windowSize).toBe("P2D");
    expect(spans.filter((span) => !/^(15m|1h|2h|26h)$/.test(span))).toEqual([]);
  });
});

describe("transformKql", () => {
  const columns = { TimeGenerated: "datetime", Name: "string" };

  it("binds to every stream and uses what an ingestion takes", () => {
    const modules = globSync("infra/modules/*.bicep", { cwd: repository }).map((path) =>
      readFileSync(join(repository, path), "utf8"),
    );
    const transforms = [...modules.join("\n").matchAll(/transformKql: '(?<text>[^']*)'/g)];

    expect(transforms).not.toEqual([]);
    for (const { groups } of transforms)
      for (const stream of Object.values(streamColumns()))
        expect(transformFaults(groups?.["text"] ?? "", stream)).toEqual([]);
  });

  it.each([
    ["an operator over several rows", "source | summarize n = count() by Name", ["SummarizeOperator"]],
    ["a column that the stream does not have", "source | where Nope == 1", [expect.stringContaining("Nope")]],
    ["an operator within an expression", "source | where toscalar(source | count) > 1", ["CountOperator"]],
  ])("refuses %s", (_, text, faults) => {
    expect(transformFaults(text, columns)).toEqual(faults);
  });

  it("takes what works on one row", () => {
    const text =
      'let prefix = "a"; source | where Name startswith prefix | extend Upper = toupper(Name) | project-away Name';

    expect(transformFaults(text, columns)).toEqual([]);
  });
});
