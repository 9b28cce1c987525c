import { collected } from "../../../shared/collect/section.ts";
import { replParameters } from "../../../shared/controls/repl/replParameters.ts";
import { parameter } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function commands(value: string) {
  return { parameters: collected([parameter("log_replication_commands", value, { dataType: "Boolean" })]) };
}

for (const control of replParameters)
  testControl(control, {
    pass: [{ name: "on, by whatever spelling", sections: commands("ON") }],
    fail: [{ name: "off", sections: commands("off"), subjects: ["parameter/log_replication_commands"] }],
    notApplicable: [{ name: "no such parameter", sections: { parameters: collected([]) } }],
  });
