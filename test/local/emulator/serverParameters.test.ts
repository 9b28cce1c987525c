import { describe, expect, it } from "@jest/globals";
import { isAllowedValue } from "../../../shared/local/emulator/arm/parameterValue.ts";
import type { ConfigurationBody } from "../../../shared/local/emulator/armBodies.ts";
import { newConfigurations } from "../../../shared/local/emulator/serverParameters.ts";
import { exampleBody } from "./officialExample.ts";

const SERVER =
  "/subscriptions/ffffffff-ffff-ffff-ffff-ffffffffffff/resourceGroups/exampleresourcegroup/providers/Microsoft.DBforPostgreSQL/flexibleServers/exampleserver";

function find(major: string, name: string): ConfigurationBody | undefined {
  return newConfigurations(SERVER, major, {}).find((configuration) => configuration.name === name);
}

describe("newConfigurations", () => {
  it("gives the official entries of PostgreSQL 13 property for property", () => {
    const { value } = exampleBody("postgresql/ConfigurationsListByServer.subset") as { value: ConfigurationBody[] };

    for (const official of value.filter(({ name }) => name !== "server_version")) {
      expect(JSON.stringify(find("13", official.name))).toBe(JSON.stringify(official));
    }
  });

  it.each(["13", "14", "15", "16", "17", "18"])(
    "has only defaults and values that the service takes on %s",
    (major) => {
      const configurations = newConfigurations(SERVER, major, {});

      const refused = configurations
        .filter(({ properties }) => !properties.isReadOnly)
        .flatMap(({ name, properties }) =>
          [properties.defaultValue, properties.value]
            .filter((value) => !isAllowedValue(properties, value))
            .map((value) => `${name}=${value}`),
        );
      expect(refused).toEqual([]);
      expect(new Set(configurations.map(({ name }) => name)).size).toBe(configurations.length);
      expect(configurations.length).toBeGreaterThan(70);
    },
  );

  it("knows what each major has", () => {
    expect(find("13", "password_encryption")?.properties.defaultValue).toBe("md5");
    expect(find("14", "password_encryption")?.properties.defaultValue).toBe("scram-sha-256");
    expect(find("15", "connection_throttle.enable")?.properties.dataType).toBe("Boolean");
    expect(find("16", "connection_throttle.enable")).toBeUndefined();
    expect(find("17", "log_connections")?.properties.dataType).toBe("Boolean");
    expect(find("18", "log_connections")?.properties.dataType).toBe("Set");
    expect(find("17", "azure.accepted_password_auth_method")?.properties).toMatchObject({
      dataType: "Set",
      allowedValues: "md5,scram-sha-256",
    });
    expect(find("17", "pgbouncer.enabled")?.properties.allowedValues).toBe("true, false");
  });

  it("takes other values as overrides", () => {
    const [changed] = newConfigurations(SERVER, "17", { log_statement: "all" }).filter(
      ({ name }) => name === "log_statement",
    );

    expect(changed?.properties).toMatchObject({ value: "all", source: "user-override" });
  });

  it("refuses a value for a parameter that is not there", () => {
    expect(() => newConfigurations(SERVER, "17", { nothing: "1" })).toThrow(
      "PostgreSQL 17 has no server parameter nothing.",
    );
  });
});
