"use client";

import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { MARGIN } from "./chain-paths.ts";

/** What of the content is seen, roughly: it changes in steps, so that scrolling does not draw at every pixel. */
export type Viewport = { from: number; to: number; atStart: boolean; atEnd: boolean };

const STEP = 384;
/** What a wide screen shows, before the real width is known. */
const FIRST: Viewport = { from: -STEP, to: 1_536, atStart: true, atEnd: true };

/** Follows which part of a scroll container is seen. @param content changes where the size of the content does */
export function useViewport(scroller: RefObject<HTMLElement | null>, content: unknown): Viewport {
  const [viewport, setViewport] = useState(FIRST);
  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { scrollLeft, clientWidth, scrollWidth } = element;
    const next: Viewport = {
      from: Math.floor(scrollLeft / STEP - 1) * STEP,
      to: Math.ceil((scrollLeft + clientWidth) / STEP + 1) * STEP,
      atStart: scrollLeft <= 1,
      atEnd: scrollLeft + clientWidth >= scrollWidth - 1,
    };
    setViewport((shown) =>
      shown.from === next.from && shown.to === next.to && shown.atStart === next.atStart && shown.atEnd === next.atEnd
        ? shown
        : next,
    );
  }, [scroller]);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const resized = new ResizeObserver(measure);
    resized.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      resized.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, [scroller, measure]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is inside has changed its size
  useLayoutEffect(measure, [measure, content]);
  return viewport;
}

export const MAX_ZOOM = 2;
const ZOOM_STEP = 1.25;
const WHEEL_ZOOM = 0.0022;

export type Zoom = {
  zoom: number;
  /** By steps, around the middle of what is seen. */
  step(direction: 1 | -1): void;
  /** Everything at once, but no larger than it was drawn. */
  fitAll(): void;
};

/**
 * Zooms what is in a scroll container sideways: with Ctrl and the wheel around the pointer, by steps around the middle.
 *
 * @param labels what stays at the left edge and covers the content there
 * @param contentWidth at zoom 1
 */
export function useZoom(
  scroller: RefObject<HTMLElement | null>,
  labels: RefObject<HTMLElement | null>,
  contentWidth: number,
): Zoom {
  const [zoom, setZoom] = useState(1);
  // What has to stay in its place: a distance from the left edge, and the place in the content that is there.
  const anchor = useRef<{ offset: number; at: number } | null>(null);
  // Who wants to see all wants to see also what comes.
  const isFitted = useRef(false);

  const zoomTo = useCallback(
    (change: (zoom: number) => number, offset?: number) => {
      const element = scroller.current;
      if (!element) return;
      isFitted.current = false;
      const smallest = fitting(element, labels.current, contentWidth);
      setZoom((before) => {
        const next = Math.min(MAX_ZOOM, Math.max(smallest, change(before)));
        const kept = offset ?? element.clientWidth / 2;
        anchor.current = { offset: kept, at: (element.scrollLeft + kept - beginOf(labels.current)) / before };
        return next;
      });
    },
    [scroller, labels, contentWidth],
  );

  useLayoutEffect(() => {
    if (scroller.current && isFitted.current) setZoom(fitting(scroller.current, labels.current, contentWidth));
  }, [scroller, labels, contentWidth]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || !anchor.current) return;
    const { offset, at } = anchor.current;
    anchor.current = null;
    element.scrollLeft = at * zoom + beginOf(labels.current) - offset;
  }, [scroller, labels, zoom]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const offset = event.clientX - element.getBoundingClientRect().left;
      zoomTo((before) => before * Math.exp(-event.deltaY * WHEEL_ZOOM), offset);
    };
    // The browser's own zoom is only prevented by a listener that is not passive, which React's are.
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => element.removeEventListener("wheel", onWheel);
  }, [scroller, zoomTo]);

  return {
    zoom,
    step: (direction) => zoomTo((before) => before * ZOOM_STEP ** direction),
    fitAll: () => {
      const element = scroller.current;
      if (element) zoomTo(() => fitting(element, labels.current, contentWidth));
      isFitted.current = true;
    },
  };
}

/** Where the content begins, from the left edge. */
function beginOf(labels: HTMLElement | null): number {
  return (labels?.offsetWidth ?? 0) + MARGIN;
}

/** The zoom at which all is seen, but nothing larger than it was drawn. */
function fitting(element: HTMLElement, labels: HTMLElement | null, contentWidth: number): number {
  const room = element.clientWidth - beginOf(labels) - MARGIN;
  return Math.min(1, room / Math.max(1, contentWidth));
}

/** Pans a scroll container by dragging its empty places with the mouse. Touch does that by itself. */
export function usePanning(scroller: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    let last: number | null = null;
    const onDown = (event: PointerEvent) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || isOnControl(event.target)) return;
      last = event.clientX;
      element.setPointerCapture(event.pointerId);
    };
    const onMove = (event: PointerEvent) => {
      if (last === null) return;
      element.scrollLeft -= event.clientX - last;
      last = event.clientX;
    };
    const onEnd = () => {
      last = null;
    };
    element.addEventListener("pointerdown", onDown);
    element.addEventListener("pointermove", onMove);
    element.addEventListener("pointerup", onEnd);
    element.addEventListener("pointercancel", onEnd);
    return () => {
      element.removeEventListener("pointerdown", onDown);
      element.removeEventListener("pointermove", onMove);
      element.removeEventListener("pointerup", onEnd);
      element.removeEventListener("pointercancel", onEnd);
    };
  }, [scroller]);
}

function isOnControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest("button, a") !== null;
}
