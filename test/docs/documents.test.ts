import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Command } from "commander";
import { builtInRoles, roleDefinitions } from "../../infra/roleDefinitions.ts";
import { databaseRights } from "../../shared/collect/rights.ts";
import { environmentVariables } from "../../shared/config/environment.ts";
import { tableNames } from "../../shared/publish/tables.ts";
import { commandFaults, commandsOfProgram } from "./commandFaults.ts";
import { anchorsOf, codeOf, documents, linksOf, readDocument, repository } from "./documents.ts";

function matches(text: string, pattern: RegExp): readonly string[] {
  return [...new Set([...text.matchAll(pattern)].map(([whole, first]) => first ?? whole))].sort();
}

/** The words of each `pgwarden …`, however it is started. */
function commandLines(path: string): readonly (readonly string[])[] {
  return codeOf(readDocument(path)).flatMap((code) => {
    const words = /^(?:npm run pgwarden -- |pgwarden (?=[a-z-]))(?<words>.+)$/.exec(code)?.groups?.["words"];
    return words === undefined ? [] : [words.replace(/ [#|>] .*$/, "").split(" ")];
  });
}

describe.each(documents)("%s", (path) => {
  const text = readDocument(path);
  let program: ReadonlyMap<string, Command>;
  beforeAll(async () => {
    program = await commandsOfProgram();
  });

  it("shows only commands and options that the program has", () => {
    const faults = commandLines(path).flatMap((words) => commandFaults(words, program));

    expect(faults).toEqual([]);
  });

  it("links to nothing that is not there", () => {
    const broken = linksOf(text).filter((target) => {
      const [file = "", anchor] = target.split("#");
      const full = file === "" ? path : join(dirname(path), file);
      if (!existsSync(join(repository, full))) return true;
      return anchor !== undefined && !anchorsOf(readDocument(full)).includes(anchor);
    });

    expect(broken).toEqual([]);
  });

  it("names only variables that are read, and outputs that the deployment has", () => {
    const template = JSON.parse(readFileSync(join(repository, "infra/azuredeploy.json"), "utf8")) as {
      outputs: Readonly<Record<string, unknown>>;
    };
    const known = [...environmentVariables.map(({ name }) => name as string), ...Object.keys(template.outputs)];

    expect(matches(text, /\bPGWARDEN_[A-Z_]+\b/g).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("names only tables that are declared", () => {
    const known: readonly string[] = tableNames;

    expect(matches(text, /\bPgWarden[A-Za-z]+_CL\b/g).filter((name) => !known.includes(name))).toEqual([]);
  });

  it("names only scripts of package.json and files of the repository", () => {
    const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { scripts: object };
    const code = codeOf(text);
    const files = code.flatMap((one) => matches(one, /(?<![\w./-])(?:infra|shared|docs|test|functions)\/[\w./-]*\w/g));
    const run = code.flatMap((one) => matches(one, /\bnpm run ([\w:]+)/g));

    expect(run.filter((name) => !(name in scripts))).toEqual([]);
    expect(files.filter((file) => !existsSync(join(repository, file)))).toEqual([]);
  });
});

describe.each(["docs/security.md", "docs/operations.md"])("the roles of %s", (path) => {
  it("are every built-in role that the deployment gives", () => {
    const rows = readDocument(path).split("\n");
    const missing = Object.keys(builtInRoles).filter(
      (role) => !rows.some((row) => /^\|/.test(row) && row.includes(role)),
    );

    expect(missing).toEqual([]);
  });
});

describe("docs/security.md", () => {
  const text = readDocument("docs/security.md");

  it.each(Object.entries(roleDefinitions))("lists the actions of role %s, all and no others", (name, role) => {
    const list = new RegExp(`^\\*\\*\`${name}\`\\*\\*[^\\n]*\\n\\n(?<list>(?:- [^\\n]*\\n)+)`, "m").exec(text);
    const listed = (list?.groups?.["list"] ?? "").split("\n").map((line) => line.replace(/^- `|`$/g, ""));

    expect(listed.slice(0, -1)).toEqual("actions" in role ? role.actions : role.dataActions);
  });

  it("names every right of the scanner in PostgreSQL", () => {
    const rows = text.split("\n").filter((line) => line.startsWith("| `pgwarden-scanner`"));
    const rights = databaseRights("pgwarden-scanner", "postgres", []).map(({ name }) => name);

    expect(rows).toHaveLength(rights.length);
    expect(rights.filter((right) => !rows.some((row) => row.includes(`| ${right}`)))).toEqual([]);
  });
});

describe("commandFaults", () => {
  it("finds commands and options that are not there", async () => {
    const program = await commandsOfProgram();
    const lines = [
      ["scan", "[--server", "…]", "[--format", "table|json]"],
      ["baseline", "show|approve"],
      ["baseline", "approve", "--digest", "<digest>"],
      ["frobnicate"],
      ["baseline", "forget"],
      ["audit", "verify", "--quickly"],
    ];

    expect(lines.map((words) => commandFaults(words, program))).toEqual([
      [],
      [],
      [],
      ["there is no command frobnicate"],
      ["baseline has no command forget"],
      ["verify has no option --quickly"],
    ]);
  });
});
