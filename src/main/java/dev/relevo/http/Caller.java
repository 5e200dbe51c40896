package dev.relevo.http;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Tells callers apart by the credential that they show, which nothing here ever keeps. */
public final class Caller {
  /**
   * Exchange property with the SHA-256 of the request's {@code Authorization}, in 64 hexadecimal
   * digits; absent if it came without one. Who that is, and whether it is true, is not known here.
   */
  public static final String PROPERTY = "Caller";

  private Caller() {}

  /** The hash of the request's credential; null if it came without one. */
  static String of(HttpServletRequest request) {
    String credential = request.getHeader("Authorization");
    if (credential == null) {
      return null;
    }
    try {
      byte[] bytes = credential.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every JDK has it", e);
    }
  }
}
