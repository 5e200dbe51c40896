package dev.relevo.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells callers apart by the credential that they show, which nothing here ever keeps. */
public final class Caller {
  /**
   * Exchange property with who asks: {@code key:} and the name of its API key where keys are
   * required; else the SHA-256 of the request's {@code Authorization}, in 64 hexadecimal digits, of
   * which nobody knows here whether it is true; absent if the request came without one. At most 64
   * characters.
   */
  public static final String PROPERTY = "Caller";

  private static final String KNOWN = Caller.class.getName() + ".known";

  private Caller() {}

  /** Says who the request's caller is, to whom its credential belongs. */
  static void isKnown(HttpServletRequest request, String caller) {
    request.setAttribute(KNOWN, caller);
  }

  /** Who asks, as {@link #PROPERTY} has it; null if the request came without a credential. */
  static String of(HttpServletRequest request) {
    if (request.getAttribute(KNOWN) instanceof String caller) {
      return caller;
    }
    String credential = request.getHeader("Authorization");
    return credential == null ? null : hash(credential);
  }

  /** SHA-256, in 64 hexadecimal digits. */
  static String hash(String credential) {
    try {
      byte[] bytes = credential.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has it", e);
    }
  }
}
