package dev.relevo.failover;

/** The record can't be read, or isn't known to be written. */
public class RecordException extends RuntimeException {
  /**
   * @param message what is the matter and what an operator can do
   * @param cause may be null
   */
  public RecordException(String message, Throwable cause) {
    super(message, cause);
  }
}
