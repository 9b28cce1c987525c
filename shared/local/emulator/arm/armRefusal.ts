import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** An answer in ARM's error shape that ends the request when thrown. */
export interface ArmError {
  readonly code: string;
  readonly message: string;
  readonly details?: readonly { readonly code: string; readonly message: string }[];
}

export class ArmRefusal extends HTTPException {
  readonly error: ArmError;

  constructor(status: ContentfulStatusCode, error: ArmError, headers: Readonly<Record<string, string>> = {}) {
    super(status, { message: error.message, res: Response.json({ error }, { status, headers }) });
    this.error = error;
  }
}

export function resourceNotFound(type: string, name: string, group: string): ArmRefusal {
  const message = `The Resource '${type}/${name}' under resource group '${group}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmRefusal(404, { code: "ResourceNotFound", message });
}

export function childNotFound(type: string, name: string): ArmRefusal {
  const message = `The requested resource of type '${type}' with name '${name}' was not found.`;
  return new ArmRefusal(404, { code: "ResourceNotFound", message });
}

export function invalidParameter(name: string): ArmRefusal {
  const message = `Invalid value given for parameter ${name}. Specify a valid parameter value.`;
  return new ArmRefusal(400, { code: "InvalidParameterValue", message });
}
