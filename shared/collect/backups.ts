import * as v from "valibot";
import { OptionalText, postgresqlApiVersion } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";

const BackupBody = v.object({
  name: v.string(),
  properties: v.object({ backupType: OptionalText, source: OptionalText, completedTime: OptionalText }),
});

export const backups: ArmCollector<"backups"> = {
  section: "backups",
  apiVersion: postgresqlApiVersion,
  action: "Microsoft.DBforPostgreSQL/flexibleServers/backups/read",
  path: (server) => `${server.id}/backups`,
  parse(value) {
    const { name, properties } = v.parse(BackupBody, value);
    return { name, type: properties.backupType, source: properties.source, completedAt: properties.completedTime };
  },
};
