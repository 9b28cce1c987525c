import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import * as v from "valibot";
import { repository } from "../describeBicep.ts";

const AppRoles = v.array(
  v.strictObject({
    id: v.pipe(v.string(), v.uuid()),
    allowedMemberTypes: v.array(v.picklist(["User", "Application"])),
    displayName: v.string(),
    description: v.string(),
    value: v.string(),
    isEnabled: v.literal(true),
  }),
);

describe("infra/entra/appRoles.json", () => {
  const roles = v.parse(AppRoles, JSON.parse(readFileSync(join(repository, "infra/entra/appRoles.json"), "utf8")));

  it("holds the roles that the routes ask for, each under an id of its own", () => {
    const source = readFileSync(join(repository, "functions/http/principal.ts"), "utf8");
    const asked = /export type AppRole = (?<roles>.*);/.exec(source)?.groups?.["roles"] ?? "";

    expect(roles.map(({ value }) => `"${value}"`).join(" | ")).toBe(asked);
    expect(new Set(roles.map(({ id }) => id)).size).toBe(roles.length);
  });
});
