import * as v from "valibot";
import { OptionalFlag, OptionalText, postgresqlApiVersion } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";

const ConfigurationBody = v.object({
  name: v.string(),
  properties: v.object({
    value: v.string(),
    defaultValue: OptionalText,
    dataType: v.string(),
    allowedValues: OptionalText,
    source: OptionalText,
    isDynamicConfig: OptionalFlag,
    isReadOnly: OptionalFlag,
    isConfigPendingRestart: OptionalFlag,
    unit: OptionalText,
  }),
});

export const parameters: ArmCollector<"parameters"> = {
  section: "parameters",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/configurations/read",
  path: (server) => `${server.id}/configurations`,
  parse(value) {
    const { name, properties } = v.parse(ConfigurationBody, value);
    return {
      name,
      value: properties.value,
      defaultValue: properties.defaultValue,
      dataType: properties.dataType,
      allowedValues: properties.allowedValues,
      source: properties.source,
      dynamic: properties.isDynamicConfig,
      readOnly: properties.isReadOnly,
      pendingRestart: properties.isConfigPendingRestart,
      unit: properties.unit,
    };
  },
};
