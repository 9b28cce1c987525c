import * as v from "valibot";
import { OptionalResourceId, OptionalText } from "./armText.ts";
import type { ArmCollector } from "./collector.ts";

const LogBody = v.object({ category: OptionalText, categoryGroup: OptionalText, enabled: v.boolean() });

const DiagnosticSettingBody = v.object({
  name: v.string(),
  properties: v.object({
    workspaceId: OptionalResourceId,
    storageAccountId: OptionalResourceId,
    eventHubName: OptionalText,
    logs: v.nullish(v.array(LogBody)),
  }),
});

export const diagnosticSettings: ArmCollector<"diagnosticSettings"> = {
  section: "diagnosticSettings",
  apiVersion: "2021-05-01-preview",
  action: "Microsoft.Insights/diagnosticSettings/read",
  path: (server) => `${server.id}/providers/Microsoft.Insights/diagnosticSettings`,
  parse(value) {
    const { name, properties } = v.parse(DiagnosticSettingBody, value);
    const { workspaceId, storageAccountId, eventHubName } = properties;
    return { name, workspaceId, storageAccountId, eventHubName, categories: (properties.logs ?? []).flatMap(category) };
  },
};

/** A log names a category or a group of them. */
function category({ category, categoryGroup, enabled }: v.InferOutput<typeof LogBody>) {
  if (category !== null && category !== "") return [{ category, enabled }];
  return categoryGroup === null ? [] : [{ category: `group:${categoryGroup}`, enabled }];
}
