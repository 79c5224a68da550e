import { describe, expect, it } from "vitest";
import { findMailHosts, isPublicAddress, type MailDns, type MxRecord } from "./mx.ts";

function dnsAnswering(answer: MxRecord[] | string): MailDns {
  return {
    async mx() {
      if (typeof answer === "string") throw Object.assign(new Error(`queryMx ${answer}`), { code: answer });
      return answer;
    },
    addresses: async () => [],
  };
}

describe("findMailHosts", () => {
  it("orders the hosts by preference and equal ones by lot", async () => {
    const records = [
      { exchange: "backup.example.", priority: 20 },
      { exchange: "A.example", priority: 10 },
      { exchange: "b.example", priority: 10 },
    ];
    const lots = [0.1, 0.9, 0.2];
    const route = await findMailHosts("people.example", dnsAnswering(records), () => lots.shift() ?? 0);
    expect(route).toEqual({ hosts: ["b.example", "a.example", "backup.example"] });
  });

  it("falls back to the domain itself without MX records", async () => {
    expect(await findMailHosts("people.example", dnsAnswering("ENODATA"))).toEqual({ hosts: ["people.example"] });
    expect(await findMailHosts("people.example", dnsAnswering([]))).toEqual({ hosts: ["people.example"] });
  });

  it("refuses a domain that does not exist or says that it takes no mail", async () => {
    expect(await findMailHosts("x.example", dnsAnswering("ENOTFOUND"))).toEqual({
      refusal: "The domain x.example does not exist",
    });
    expect(await findMailHosts("x.example", dnsAnswering([{ exchange: "", priority: 0 }]))).toEqual({
      refusal: "The domain x.example takes no mail (null MX)",
    });
  });

  it("throws when DNS has no answer now", async () => {
    await expect(findMailHosts("x.example", dnsAnswering("ESERVFAIL"))).rejects.toThrow("ESERVFAIL");
  });
});

describe("isPublicAddress", () => {
  it.each(["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])("takes %s", (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "localhost",
    "",
  ])("refuses %j", (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});
