"use client";

import { keepPreviousData } from "@tanstack/react-query";
import { nextPage } from "../../../_lib/paging.ts";

/** How the lists of the page are read: on from page to page, the old one in sight until the new one is there. */
export const listOptions = { ...nextPage, placeholderData: keepPreviousData };
