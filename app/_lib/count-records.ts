const QUOTE = 0x22;
const NEWLINE = 0x0a;
const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/**
 * Counts the records of a file while it arrives, and tells the number that the last one begins with. A line feed within
 * the quotes of a CSV cell ends no record; JSON Lines have none within a record.
 */
export class RecordCounter {
  records = 0;
  /** The first number in the last record that has begun. */
  number: number | null = null;
  readonly #isCsv: boolean;
  #isQuoted = false;
  #digits = "";
  #isNumberDone = false;

  constructor(format: "csv" | "jsonl") {
    this.#isCsv = format === "csv";
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === NEWLINE && !this.#isQuoted) {
        this.records++;
        this.#digits = "";
        this.#isNumberDone = false;
        continue;
      }
      if (this.#isCsv && byte === QUOTE) this.#isQuoted = !this.#isQuoted;
      if (this.#isNumberDone) continue;
      if (isDigit(byte)) this.#digits += String.fromCharCode(byte);
      else if (this.#digits) {
        this.number = Number(this.#digits);
        this.#isNumberDone = true;
      }
    }
  }
}
