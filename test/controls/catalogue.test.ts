import { readdirSync, readFileSync, existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { catalogue, controlById } from "../../shared/controls/catalogue.ts";
import type { Control } from "../../shared/controls/control.ts";
import { mappingsOf } from "../../shared/controls/controlDescription.ts";
import type { FrameworkMapping } from "../../shared/model/finding.ts";

interface ReferenceControl {
  readonly id: string;
  readonly section: string;
  readonly severity: string;
  readonly mappings: Readonly<Record<string, readonly { id: string; source: FrameworkMapping["source"] }[]>>;
}

const shared = join(__dirname, "../../shared/controls");
const sections = readdirSync(shared, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function reference(): readonly ReferenceControl[] {
  const text = readFileSync(join(__dirname, "../fixtures/controls.json"), "utf8");
  // The fixture is ours and its shape is what this file asserts.
  return (JSON.parse(text) as { controls: ReferenceControl[] }).controls;
}

function isControl(value: unknown): value is Control {
  return (
    typeof value === "object" &&
    value !== null &&
    "meta" in value &&
    ("evaluate" in value || "evaluateDatabase" in value)
  );
}

/** The controls that a file exports, one by one or as a family. */
async function controlsIn(path: string): Promise<readonly Control[]> {
  // A module's exports are unknown until they are looked at.
  const exports = (await import(path)) as Readonly<Record<string, unknown>>;
  return Object.values(exports).flat().filter(isControl);
}

function filesOf(section: string): readonly string[] {
  return readdirSync(join(shared, section)).filter((name) => name.endsWith(".ts"));
}

/** In a fixed order, whatever order the code lists frameworks in. */
function sorted(mappings: readonly FrameworkMapping[]): readonly string[] {
  return mappings.map(({ framework, requirement, source }) => `${framework} ${requirement} ${source}`).sort();
}

/** What ids of a section begin with, where that is not its name. */
const prefixes: Readonly<Record<string, readonly string[]>> = { code: ["fn", "ext", "fdw"] };

describe("catalogue", () => {
  it.each(sections)("lists every control of %s exactly once", async (section) => {
    const found = await Promise.all(filesOf(section).map((name) => controlsIn(join(shared, section, name))));

    const own = prefixes[section] ?? [section];
    const listed = catalogue.filter(({ meta }) => own.some((prefix) => meta.id.startsWith(`${prefix}-`)));
    expect(listed.map(({ meta }) => meta.id).sort()).toEqual(
      found
        .flat()
        .map(({ meta }) => meta.id)
        .sort(),
    );
    expect(new Set(found.flat())).toEqual(new Set(listed));
  });

  it.each(sections)("has a test for every file with controls of %s", async (section) => {
    for (const name of filesOf(section)) {
      const controls = await controlsIn(join(shared, section, name));
      const test = join(__dirname, section, name.replace(".ts", ".test.ts"));
      expect([name, controls.length === 0 || existsSync(test)]).toEqual([name, true]);
    }
  });

  it("has no id and no title twice", () => {
    const ids = catalogue.map(({ meta }) => meta.id);
    const titles = catalogue.map(({ meta }) => meta.title);

    expect(ids).toEqual([...new Set(ids)]);
    expect(titles).toEqual([...new Set(titles)]);
  });

  it("stands in the order of the reference", () => {
    const ids = catalogue.map(({ meta }) => meta.id);

    expect(ids).toEqual(
      reference()
        .map(({ id }) => id)
        .filter((id) => ids.includes(id)),
    );
  });

  it("holds all of the sections TLS, NET, ROT, ROLE, PRIV and RLS", () => {
    const wanted = reference().filter(({ section }) => ["TLS", "NET", "ROT", "ROLE", "PRIV", "RLS"].includes(section));

    expect(wanted).toHaveLength(92);
    expect(wanted.map(({ id }) => id).filter((id) => controlById(id) === undefined)).toEqual([]);
  });

  it("finds a control by its id and nothing by another", () => {
    expect(controlById("net-fw-no-any-ip")?.meta.severity).toBe("critical");
    expect(controlById("net-fw")).toBeUndefined();
  });

  describe.each(catalogue.map((control) => [control.meta.id, control] as const))("%s", (id, control) => {
    const { meta } = control;

    it("has a well-formed id and title", () => {
      expect(id).toMatch(/^[a-z]+(-[a-z0-9]+)+$/);
      expect(meta.title).toMatch(/^\S.*[^\s.]$/);
      expect(meta.title.length).toBeLessThanOrEqual(90);
    });

    it("explains itself and says what to do", () => {
      const texts = Object.values<string>({ ...meta.remediation });

      expect(meta.rationale).toMatch(/^\S.{20,}\.$/s);
      expect(texts.length).toBeGreaterThan(0);
      expect(texts.filter((text) => text.trim() === "")).toEqual([]);
      expect(new Set([...meta.requires, ...(meta.mayRead ?? [])]).size).toBe(
        meta.requires.length + (meta.mayRead?.length ?? 0),
      );
    });

    it("has the severity and the mappings of the reference", () => {
      const wanted = reference().find((candidate) => candidate.id === id);
      const mappings = Object.entries(wanted?.mappings ?? {}).flatMap(([framework, ids]) =>
        ids.map(({ id: requirement, source }) => ({ framework, requirement, source })),
      );

      expect(meta.severity).toBe(wanted?.severity);
      expect(sorted(mappingsOf(control))).toEqual(sorted(mappings));
    });
  });
});
