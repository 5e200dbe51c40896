package dev.relevo.failover;

/**
 * An event and its repetitions.
 *
 * @param first how it began
 * @param last its latest repetition; the same where it was not repeated
 */
public record LoggedEvent(Event first, Event last) {}
