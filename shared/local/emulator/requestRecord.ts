export interface RequestRecord {
  readonly service: "identity" | "arm" | "resourceGraph" | "keyVault" | "ingestion" | "logAnalytics" | "unknown";
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** 0 when the connection was dropped. */
  readonly status: number;
}
