package dev.relevo.http;

import java.io.IOException;

/**
 * The other side did not say yes and did not say no: what it did is not known, and it may be asked
 * again.
 */
public final class NoAnswerException extends IOException {
  private static final long serialVersionUID = 1L;

  public NoAnswerException(String message) {
    super(message);
  }
}
