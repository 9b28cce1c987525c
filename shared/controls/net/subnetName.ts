import { subjectOf } from "../control.ts";

/** `subnet/hub/db` of a subnet's resource id. */
export function subnetSubject(subnetId: string): string {
  return subjectOf("subnet", ...namesOf(subnetId));
}

/** `hub/db`, as messages name it. */
export function subnetText(subnetId: string): string {
  return namesOf(subnetId).join("/");
}

function namesOf(subnetId: string): readonly string[] {
  const match = /\/virtualnetworks\/([^/]+)\/subnets\/([^/]+)$/i.exec(subnetId);
  return match === null ? [subnetId] : match.slice(1);
}
