package dev.relevo.saga;

/**
 * An idempotency key came with a request that asks for something else than the key's first one did.
 */
public class SagaKeyReusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SagaKeyReusedException(SagaKey key) {
    super("Idempotency key " + key.value() + " belongs to another request");
  }
}
