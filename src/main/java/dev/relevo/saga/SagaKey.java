package dev.relevo.saga;

import java.util.Objects;

/**
 * The idempotency key of a request: a saga is run to an answer at most once for each scope and
 * value.
 *
 * @param scope whose key it is, such as a hash of the caller's credential; at most 64 characters
 * @param value the key as the caller sent it; at most 255 characters
 * @param payloadHash a hash of what was asked for, to tell a repeated request from another one with
 *     the same key; at most 64 characters
 */
public record SagaKey(String scope, String value, String payloadHash) {
  public SagaKey {
    Objects.requireNonNull(scope, "scope");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(payloadHash, "payloadHash");
  }
}
