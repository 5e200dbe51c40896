package dev.relevo.saga;

/**
 * The journal cannot be reached, or the outcome of a write is unknown; the same write can be
 * repeated.
 */
public class JournalUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JournalUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
