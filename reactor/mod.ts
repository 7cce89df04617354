/**
 * Readiness: what to wait for, and what was found.
 *
 * The reactor itself, its registrations and the driver are edo's machinery; `docs/design.md` tells
 * how they work.
 *
 * @module
 */

export { Interest, Ready } from "./interest.ts";
