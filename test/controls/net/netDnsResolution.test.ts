import { collected } from "../../../shared/collect/section.ts";
import { netDnsResolution } from "../../../shared/controls/net/netDnsResolution.ts";
import { serverFacts } from "../../builders.ts";
import { testControl } from "../testControl.ts";

const server = collected([serverFacts({ publicNetworkAccess: "Disabled" })]);

testControl(netDnsResolution, {
  pass: [
    {
      name: "private addresses of both families",
      sections: {
        server,
        dnsProbes: collected([
          { address: "10.1.0.4", range: "private" },
          { address: "fd00::4", range: "uniqueLocal" },
        ]),
      },
    },
  ],
  fail: [
    {
      name: "one public address beside a private one",
      sections: {
        server,
        dnsProbes: collected([
          { address: "10.1.0.4", range: "private" },
          { address: "20.50.1.1", range: "unicast" },
        ]),
      },
      subjects: ["address/20.50.1.1"],
    },
    {
      name: "loop-back is not the server's network",
      sections: { server, dnsProbes: collected([{ address: "127.0.0.1", range: "loopback" }]) },
      subjects: ["address/127.0.0.1"],
    },
  ],
  notApplicable: [
    {
      name: "a server with a public endpoint",
      sections: { dnsProbes: collected([{ address: "20.50.1.1", range: "unicast" }]) },
    },
    { name: "a name that leads nowhere", sections: { server, dnsProbes: collected([]) } },
  ],
});
