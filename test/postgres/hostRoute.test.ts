import { describe, expect, it } from "@jest/globals";
import { routeOf } from "../../shared/postgres/hostRoute.ts";

const hosts = {
  "db.example.com": { addresses: ["10.1.0.4"], connect: { 5432: "127.0.0.1:40001", 6432: "[::1]:40002" } },
  "open.example.com": { addresses: [], connect: {} },
};

describe("routeOf", () => {
  it("leads a port where the override says, whatever the case of the name", () => {
    expect(routeOf(hosts, "DB.example.com", 5432)).toEqual({ host: "127.0.0.1", port: 40001 });
    expect(routeOf(hosts, "db.example.com", 6432)).toEqual({ host: "::1", port: 40002 });
  });

  it("leads other ports to the address that DNS gives, and other names to themselves", () => {
    expect(routeOf(hosts, "db.example.com", 443)).toEqual({ host: "10.1.0.4", port: 443 });
    expect(routeOf(hosts, "open.example.com", 5432)).toEqual({ host: "open.example.com", port: 5432 });
    expect(routeOf(hosts, "elsewhere.example.com", 5432)).toEqual({ host: "elsewhere.example.com", port: 5432 });
  });
});
