import type { RequestRecord } from "./requestRecord.ts";

/** Which service a path belongs to. All share one host; their paths do not overlap. */
export function serviceOf(path: string): RequestRecord["service"] {
  const lower = path.toLowerCase();
  if (lower.startsWith("/msi/token")) return "identity";
  if (lower.startsWith("/providers/microsoft.resourcegraph")) return "resourceGraph";
  if (lower.startsWith("/subscriptions") || lower.startsWith("/providers")) return "arm";
  if (lower.startsWith("/secrets") || lower.startsWith("/deletedsecrets")) return "keyVault";
  if (lower.startsWith("/datacollectionrules")) return "ingestion";
  if (lower.startsWith("/v1/subscriptions")) return "logAnalytics";
  return "unknown";
}
