package dev.relevo.barrier;

/**
 * What a call was answered, as far as it is kept and given again.
 *
 * @param status the HTTP status
 * @param contentType the media type of {@code body}, null without a body
 * @param location the URL of what was created, else null
 * @param body the text of the body, null if there is none
 */
public record Answer(int status, String contentType, String location, String body) {

  static final String JSON = "application/json";

  /** An answer with a JSON body. */
  public static Answer json(int status, String body) {
    return new Answer(status, JSON, null, body);
  }

  /**
   * Whether the participant said no: the request will not succeed, however often it is repeated.
   */
  public boolean isRefusal() {
    return status >= 400 && status < 500;
  }

  boolean isSuccess() {
    return status < 400;
  }

  /** Whether the participant could not tell: the same request may succeed later. */
  boolean isFailure() {
    return status >= 500;
  }
}
