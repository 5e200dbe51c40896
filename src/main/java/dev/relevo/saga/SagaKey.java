package dev.relevo.saga;

import java.util.Objects;

/**
 * The idempotency key of a request: a saga is run to an answer at most once for each scope and
 * value.
 *
 * <p>Each is of printable ASCII characters, the last one no space.
 *
 * @param scope whose key it is, such as a hash of the caller's credential; at most 64 characters
 * @param value the key as the caller sent it; at most 255 characters
 * @param payloadHash a hash of what was asked for, to tell a repeated request from another one with
 *     the same key; at most 64 characters
 */
public record SagaKey(String scope, String value, String payloadHash) {
  public SagaKey {
    requireText("scope", scope, 64);
    requireText("value", value, 255);
    requireText("payloadHash", payloadHash, 64);
  }

  /** Engines differ in how they compare other characters, and trailing spaces. */
  private static void requireText(String name, String text, int longest) {
    Objects.requireNonNull(text, name);
    if (text.isEmpty()
        || text.length() > longest
        || text.endsWith(" ")
        || !text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException(
          "The "
              + name
              + " of an idempotency key is 1 to "
              + longest
              + " printable ASCII characters, the last one no space");
    }
  }
}
