package dev.relevo.launcher.engine;

/**
 * The embedded topology cannot start for a reason its user can remove. The message is one sentence
 * or two that say what is wrong and what to do, fit to be shown without a stack trace.
 */
public final class StartupFailure extends RuntimeException {
  /**
   * @param sentence what is wrong and what to do
   */
  public StartupFailure(String sentence) {
    super(sentence);
  }

  /**
   * @param sentence what is wrong and what to do
   * @param cause what was caught, for the log
   */
  public StartupFailure(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
