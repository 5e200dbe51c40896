package dev.relevo.saga;

/**
 * The answer that a saga's caller was or will be given, kept with the saga and replayed byte for
 * byte.
 *
 * @param status a number that the caller's protocol gives a meaning to, such as an HTTP status
 * @param contentType the body's media type; null if the body has none
 * @param body the body as text; null if there is none
 */
public record StoredAnswer(int status, String contentType, String body) {}
