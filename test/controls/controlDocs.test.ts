import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { controlDocs, controlDocsPath } from "../../infra/controlDocs.ts";
import { catalogue } from "../../shared/controls/catalogue.ts";
import { controlDescription } from "../../shared/controls/controlDescription.ts";

const page = controlDocs(catalogue);

describe("controlDocs", () => {
  it("is what docs/controls.md holds (npx tsx infra/writeControlDocs.ts)", () => {
    expect(readFileSync(join(__dirname, "../..", controlDocsPath), "utf8")).toBe(page);
  });

  it("has one heading for each control, in the order of the catalogue", () => {
    const headings = [...page.matchAll(/^### (\S+)$/gm)].map(([, id]) => id);

    expect(headings).toEqual(catalogue.map(({ meta }) => meta.id));
  });

  it.each(catalogue.map((control) => [control.meta.id, control] as const))(
    "tells everything that %s declares",
    (id, control) => {
      const start = page.indexOf(`\n### ${id}\n`);
      const text = page.slice(start, page.indexOf("\n### ", start + 1) >>> 0);
      const { severity, requires, mayRead, requiresInDatabase, remediation, frameworks } = controlDescription(control);

      expect(text).toContain(`- Severity: ${severity}\n`);
      for (const section of [...requires, ...mayRead, ...requiresInDatabase]) expect(text).toContain(`\`${section}\``);
      for (const command of Object.values(remediation)) expect(text).toContain(command);
      expect(text.split("(proposed)").length - 1).toBe(frameworks.filter(({ source }) => source === "proposed").length);
      expect(text).not.toMatch(/undefined|\[object/);
    },
  );

  it("puts every control into a chapter that has a name", () => {
    const chapters = [...page.matchAll(/^## (.+)$/gm)].map(([, chapter]) => chapter ?? "");

    expect(chapters.filter((chapter) => chapter === chapter.toUpperCase())).toEqual([]);
    for (const chapter of chapters) expect(page).toContain(`[${chapter}](#`);
  });
});
