import { expect, it } from "@jest/globals";
import { waiverChanges } from "../../shared/diff/waiverChanges.ts";
import type { Waiver } from "../../shared/model/finding.ts";

function waiver(override: Partial<Waiver> = {}): Waiver {
  const accepted = { reason: "ends with the migration", owner: "dba@example.com", expires: "2027-01-31" };
  return { control: "tls-min-version", subject: "server", ...accepted, ...override };
}

it("tells what was added, removed and changed", () => {
  const later = waiver({ expires: "2027-06-30" });
  const added = waiver({ subject: "role/app" });
  const removed = waiver({ control: "net-fw-range-size", subject: "firewallRule/office" });

  expect(waiverChanges([removed, waiver()], [added, later])).toEqual([
    { change: "remove", waiver: removed },
    { change: "add", waiver: added },
    { change: "change", waiver: later, before: waiver() },
  ]);
});

it("takes order for nothing", () => {
  const other = waiver({ subject: "role/app" });

  expect(waiverChanges([waiver(), other], [other, waiver()])).toEqual([]);
});

it("tells the waiver of one server from that of all, and servers by name in any case", () => {
  const orders = waiver({ server: "orders" });
  const upper = waiver({ server: "ORDERS" });

  expect(waiverChanges([waiver()], [waiver(), orders])).toEqual([{ change: "add", waiver: orders }]);
  expect(waiverChanges([orders], [upper])).toEqual([{ change: "change", waiver: upper, before: orders }]);
});

it("tells two waivers of one finding apart", () => {
  const second = waiver({ expires: "2027-06-30" });
  const third = waiver({ expires: "2027-12-31" });

  expect(waiverChanges([waiver()], [waiver(), second])).toEqual([{ change: "add", waiver: second }]);
  expect(waiverChanges([waiver(), second], [third, second])).toEqual([
    { change: "change", waiver: third, before: waiver() },
  ]);
});
