package dev.relevo.saga;

/** Another saga holds this attempt at the idempotency key. */
public class SagaKeyTakenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SagaKeyTakenException(SagaKey key, int attempt) {
    super("Attempt " + attempt + " at idempotency key " + key.value() + " is another saga's");
  }
}
