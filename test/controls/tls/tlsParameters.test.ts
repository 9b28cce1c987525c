import { collected } from "../../../shared/collect/section.ts";
import { tlsParameters } from "../../../shared/controls/tls/tlsParameters.ts";
import type { Control } from "../../../shared/controls/control.ts";
import { parameter } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function row(id: string): Control {
  const control = tlsParameters.find(({ meta }) => meta.id === id);
  if (control === undefined) throw new Error(`There is no row ${id}.`);
  return control;
}

function transport(value: string, pendingRestart = false) {
  return collected([parameter("require_secure_transport", value, { dataType: "Boolean", pendingRestart })]);
}

function maximum(value: string) {
  return collected([parameter("ssl_max_protocol_version", value)]);
}

testControl(row("tls-require-secure-transport"), {
  pass: [
    { name: "on", sections: { parameters: transport("on") } },
    { name: "ON", sections: { parameters: transport("ON") } },
    { name: "true", sections: { parameters: transport("true") } },
  ],
  fail: [
    { name: "off", sections: { parameters: transport("off") }, subjects: ["parameter/require_secure_transport"] },
    { name: "OFF", sections: { parameters: transport("OFF") }, subjects: ["parameter/require_secure_transport"] },
    {
      name: "on from the next restart",
      sections: { parameters: transport("on", true) },
      subjects: ["parameter/require_secure_transport"],
    },
  ],
  notApplicable: [{ name: "no such parameter", sections: { parameters: collected([]) } }],
});

testControl(row("tls-max-version-uncapped"), {
  pass: [
    { name: "unset", sections: { parameters: maximum("") } },
    { name: "the newest", sections: { parameters: maximum("TLSv1.3") } },
    { name: "the newest in other letters", sections: { parameters: maximum("TLSV1.3") } },
  ],
  fail: [
    {
      name: "one below",
      sections: { parameters: maximum("TLSv1.2") },
      subjects: ["parameter/ssl_max_protocol_version"],
    },
  ],
  notApplicable: [{ name: "no such parameter", sections: { parameters: collected([]) } }],
});
