import { expect, it } from "@jest/globals";
import type { AccessPrincipal } from "../../shared/access/accessAnswer.ts";
import { accessText } from "../../shared/cli/accessText.ts";

function granted(role: string | null): AccessPrincipal {
  const via = { kind: "grant", role, privileges: ["SELECT"] } as const;
  return { role, login: role !== null, how: "inherit", path: role === null ? [] : [role], via };
}

it("tells everybody from a role that is called PUBLIC", () => {
  const target = { kind: "role", name: "readers" } as const;

  const text = accessText({ target, principals: [granted(null), granted("PUBLIC")], missing: [] }, 120);

  expect(text.split("\n").slice(-2)).toEqual([
    expect.stringMatching(/^PUBLIC +everybody +inherit +SELECT granted to PUBLIC$/),
    expect.stringMatching(/^"PUBLIC" +yes +inherit +PUBLIC; SELECT granted to "PUBLIC"$/),
  ]);
});
