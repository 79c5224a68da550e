// Of what may be long.
const LONG = ["body", "body_html", "extracted_text", "extracted_html"];

/**
 * SQL for the octets of a message's texts. PostgreSQL knows a value's length without reading it, also where it is stored
 * compressed (pg_column_size would tell the compressed one, which says nothing about the memory that it takes).
 */
export const STORED_BYTES = LONG.map((column) => `coalesce(octet_length(${column}), 0)`).join(" + ");

/** How much of messages is read at once: a stranger may mail a hundred that hold megabytes each. */
export const READ_BYTES = 8 * 1024 * 1024;
