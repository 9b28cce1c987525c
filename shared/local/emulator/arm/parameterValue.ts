import type { ConfigurationPropertiesBody } from "../armBodies.ts";

/** Whether the service would take the value, by the parameter's own `dataType` and `allowedValues`. */
export function isAllowedValue(
  { dataType, allowedValues }: Pick<ConfigurationPropertiesBody, "dataType" | "allowedValues">,
  value: string,
): boolean {
  switch (dataType) {
    case "Boolean":
    case "Enumeration":
      return options(allowedValues).includes(value.trim().toLowerCase());
    case "Set":
      return options(value).every((item) => options(allowedValues).includes(item));
    case "Integer":
      return /^-?\d+$/.test(value) && isInRange(allowedValues, Number(value));
    case "Numeric":
      return /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value) && isInRange(allowedValues, Number(value));
    case "String":
      return new RegExp(`^(?:${allowedValues})$`).test(value);
  }
}

/** An entry such as `,login_hook` allows the empty value too. */
function options(list: string): string[] {
  return list.split(",").map((item) => item.trim().toLowerCase());
}

function isInRange(range: string, value: number): boolean {
  const [, low, high] = /^(-?[\d.]+(?:[eE][+-]?\d+)?)-(-?[\d.]+(?:[eE][+-]?\d+)?)$/.exec(range) ?? [];
  return low !== undefined && high !== undefined && value >= Number(low) && value <= Number(high);
}
