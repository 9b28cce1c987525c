import { expect, it } from "@jest/globals";
import { settingIn, settingOf } from "../../../shared/controls/priv/settingIn.ts";
import type { RoleSetting } from "../../../shared/model/catalogEvidence.ts";

const settings = [
  { name: "work_mem", value: "server", unit: null, source: "file", context: "user", pendingRestart: false },
];

function set(value: string, role: string | null, database: string | null): RoleSetting {
  return { role, database, name: "work_mem", value };
}

it("takes the database's value before that of all databases, and the server's last", () => {
  const everywhere = set("everywhere", null, null);
  const here = set("here", null, "app");
  const others = [set("other", null, "crm"), set("ann's", "ann", null)];

  expect(settingIn("app", "work_mem", { settings, roleSettings: [...others, everywhere, here] })).toBe("here");
  expect(settingIn("app", "work_mem", { settings, roleSettings: [...others, everywhere] })).toBe("everywhere");
  expect(settingIn("app", "work_mem", { settings, roleSettings: others })).toBe("server");
  expect(settingIn("app", "jit", { settings, roleSettings: others })).toBeUndefined();
});

it("finds what is set for exactly this role and database", () => {
  const all = [set("ann's", "ann", null), set("ann's here", "ann", "app")];

  expect(settingOf("ann", "app", "work_mem", all)).toBe("ann's here");
  expect(settingOf("ann", null, "work_mem", all)).toBe("ann's");
  expect(settingOf("bob", null, "work_mem", all)).toBeUndefined();
});
