package dev.relevo.saga;

import java.util.concurrent.CompletionException;
import org.apache.camel.RuntimeCamelException;

/** Failures, in words for the people who read a saga's history. */
final class Words {
  private static final int LONGEST = 500;

  private Words() {}

  static String of(Throwable failure) {
    Throwable root = rootOf(failure);
    String message = root.getMessage() == null ? "" : ": " + root.getMessage();
    String words = (root.getClass().getSimpleName() + message).replaceAll("\\p{Cntrl}+", " ");
    return words.length() <= LONGEST ? words : words.substring(0, LONGEST);
  }

  /** What lies under the wrappers of futures, and of Camel. */
  static Throwable rootOf(Throwable failure) {
    Throwable root = failure;
    while ((root instanceof CompletionException || root instanceof RuntimeCamelException)
        && root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
