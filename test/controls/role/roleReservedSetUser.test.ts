import { collected } from "../../../shared/collect/section.ts";
import { roleReservedSetUser } from "../../../shared/controls/role/roleReservedSetUser.ts";
import { parameter } from "../../builders.ts";
import { testControl } from "../testControl.ts";

function server(value: string, allowedValues: string | null) {
  const libraries = parameter("shared_preload_libraries", value, { dataType: "Set", allowedValues });
  return { parameters: collected([parameter("log_statement", "ddl"), libraries]) };
}

testControl(roleReservedSetUser, {
  pass: [{ name: "loaded", sections: server("pg_cron, SET_USER", ",pg_cron,pgaudit,set_user") }],
  fail: [
    {
      name: "offered and not loaded",
      sections: server("pg_cron,set_user_x", ",pg_cron,set_user"),
      subjects: ["parameter/shared_preload_libraries"],
    },
  ],
  notApplicable: [
    { name: "not offered", sections: server("pg_cron", ",pg_cron,pgaudit") },
    { name: "a server that lists no values", sections: server("", null) },
    { name: "no such parameter", sections: { parameters: collected([]) } },
  ],
});
