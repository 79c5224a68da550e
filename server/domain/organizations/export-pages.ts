/** One thing of the organisation's, in the form in which the API answers it. */
export type Item = { type: string; data: object };

/** All rows in the order of what they are read by, page by page. */
export async function* pages<Row>(
  type: string,
  keyOf: (row: Row) => string,
  read: (after: string) => Promise<Row[]>,
  view: (rows: Row[]) => object[] | Promise<object[]>,
): AsyncGenerator<Item[]> {
  let after = "";
  for (;;) {
    const rows = await read(after);
    const last = rows.at(-1);
    if (!last) return;
    after = keyOf(last);
    yield (await view(rows)).map((data) => ({ type, data }));
  }
}
