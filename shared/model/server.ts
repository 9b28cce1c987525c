/** One flexible server in scope, as the inventory names it. */
export interface ServerRef {
  /** ARM resource id in lower case; the identity of the server everywhere. */
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

export type Severity = "critical" | "high" | "medium" | "low" | "info";
