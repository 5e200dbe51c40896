package dev.relevo.http;

/**
 * One thing that is wrong with a request.
 *
 * @param field the field's path in the body, such as {@code items[0].qty}; the name of a parameter
 *     or header; or {@code body}
 * @param reason what it must be, in words
 */
public record FieldError(String field, String reason) {}
