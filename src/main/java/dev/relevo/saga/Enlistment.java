package dev.relevo.saga;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;

/**
 * A step that has joined a saga, with all that is needed to undo or confirm it from another
 * process.
 *
 * @param no the step's number in its saga, from 1, in the order of joining
 * @param compensation the endpoint that undoes the step; null if there is nothing to undo
 * @param completion the endpoint that is told when the saga has completed; null if none is
 * @param options the step's option values as they were when it joined; handed to both endpoints as
 *     headers
 * @param done whether the endpoint that the saga's end calls for has been called with success
 * @param tries how often it has been called without success
 * @param lastError what the last of these calls said, or why it is not called any more; null if
 *     neither is so
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Enlistment(
    int no,
    String compensation,
    String completion,
    Map<String, Object> options,
    boolean done,
    int tries,
    String lastError) {

  public Enlistment {
    options = Map.copyOf(options);
  }

  static Enlistment of(
      int no, String compensation, String completion, Map<String, Object> options) {
    return new Enlistment(no, compensation, completion, options, false, 0, null);
  }

  Enlistment succeeded() {
    return new Enlistment(no, compensation, completion, options, true, tries, lastError);
  }

  /** This one, which was not called, and why. */
  Enlistment notCalled(String why) {
    return new Enlistment(no, compensation, completion, options, false, tries, why);
  }

  Enlistment failed(String error) {
    return new Enlistment(no, compensation, completion, options, false, tries + 1, error);
  }
}
