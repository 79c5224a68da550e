/** The states and territories, each with its place on the map: a square for each, roughly where it is. */
const PLACES = `
AK Alaska 0 0
ME Maine 0 10
VT Vermont 1 9
NH New_Hampshire 1 10
WA Washington 2 0
ID Idaho 2 1
MT Montana 2 2
ND North_Dakota 2 3
MN Minnesota 2 4
IL Illinois 2 5
WI Wisconsin 2 6
MI Michigan 2 7
NY New_York 2 8
RI Rhode_Island 2 9
MA Massachusetts 2 10
OR Oregon 3 0
NV Nevada 3 1
WY Wyoming 3 2
SD South_Dakota 3 3
IA Iowa 3 4
IN Indiana 3 5
OH Ohio 3 6
PA Pennsylvania 3 7
NJ New_Jersey 3 8
CT Connecticut 3 9
CA California 4 0
UT Utah 4 1
CO Colorado 4 2
NE Nebraska 4 3
MO Missouri 4 4
KY Kentucky 4 5
WV West_Virginia 4 6
VA Virginia 4 7
MD Maryland 4 8
DE Delaware 4 9
AZ Arizona 5 1
NM New_Mexico 5 2
KS Kansas 5 3
AR Arkansas 5 4
TN Tennessee 5 5
NC North_Carolina 5 6
SC South_Carolina 5 7
DC District_of_Columbia 5 8
OK Oklahoma 6 3
LA Louisiana 6 4
MS Mississippi 6 5
AL Alabama 6 6
GA Georgia 6 7
HI Hawaii 7 0
TX Texas 7 3
FL Florida 7 8
GU Guam 8 0
MP Northern_Mariana_Islands 8 1
AS American_Samoa 8 2
PR Puerto_Rico 8 9
VI US_Virgin_Islands 8 10
`;

export type StatePlace = { name: string; row: number; column: number };

/** By the state's two letters. */
export const STATE_PLACES: ReadonlyMap<string, StatePlace> = new Map(
  PLACES.trim()
    .split("\n")
    .map((line) => {
      const [code = "", name = "", row = "0", column = "0"] = line.split(" ");
      return [code, { name: name.replaceAll("_", " "), row: Number(row), column: Number(column) }];
    }),
);

export function stateName(code: string): string {
  return STATE_PLACES.get(code)?.name ?? code;
}
