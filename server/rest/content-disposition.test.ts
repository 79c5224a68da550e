import fc from "fast-check";
import { expect, it } from "vitest";
import { contentDisposition } from "./content-disposition.ts";

it("names a file in ASCII for old readers and in UTF-8 for the others", () => {
  expect(contentDisposition("report.pdf")).toBe(`attachment; filename="report.pdf"; filename*=UTF-8''report.pdf`);
  expect(contentDisposition('Größe (1) "neu".pdf')).toBe(
    `attachment; filename="Gr__e (1) _neu_.pdf"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%281%29%20%22neu%22.pdf`,
  );
});

it("lets no name be a path, a hidden file or another file than it seems", () => {
  expect(contentDisposition("../../etc/passwd")).toContain('filename="__.._etc_passwd"');
  expect(contentDisposition("C:\\windows\\x.exe")).toContain('filename="C__windows_x.exe"');
  expect(contentDisposition("invoice\u202Efdp.exe")).toContain("UTF-8''invoice_fdp.exe");
  expect(contentDisposition("\r\nSet-Cookie: a=b")).toContain('filename="__Set-Cookie_ a=b"');
  expect(contentDisposition("")).toContain('filename="attachment"');
});

it("is a proper header for any name", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      const value = contentDisposition(name);
      expect(value).toMatch(/^attachment; filename="[^"%]+"; filename\*=UTF-8''[A-Za-z0-9!#$&+.^_`|~%-]+$/);
      expect(new Headers({ "content-disposition": value }).get("content-disposition")).toBe(value);
    }),
  );
});
