import type { ServerFacts } from "../../model/armEvidence.ts";

/** VNet-integrated servers have a delegated subnet; all others use the public access model, endpoint on or off. */
export function isVnetIntegrated({ delegatedSubnetId }: ServerFacts): boolean {
  return isNamed(delegatedSubnetId);
}

/** ARM leaves a property out or answers with an empty text; both name nothing. */
export function isNamed(resourceId: string | null): resourceId is string {
  return resourceId !== null && resourceId !== "";
}
