/** Where the console begins. */
export const HOME = "/overview";
