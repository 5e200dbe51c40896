package dev.relevo.http;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.apache.camel.CamelContext;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.context.request.ServletWebRequest;
import org.springframework.web.context.request.WebRequest;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Answers what Spring MVC refuses before a route is found: no such path, method, type. */
@ControllerAdvice
final class ProblemAdvice extends ResponseEntityExceptionHandler {
  private final ProblemDetails problems;
  private final CamelContext camel;

  ProblemAdvice(ProblemDetails problems, CamelContext camel) {
    this.problems = problems;
    this.camel = camel;
  }

  /** What is no refusal of Spring's: a controller of the host (not a route) failed. */
  @ExceptionHandler
  ResponseEntity<Object> handleAnyOther(Throwable failure, WebRequest request) {
    return answer(problems.problemFor(pathOf(request), failure), new HttpHeaders());
  }

  @Override
  protected ResponseEntity<Object> handleExceptionInternal(
      Exception failure,
      Object body,
      HttpHeaders headers,
      HttpStatusCode status,
      WebRequest request) {
    if (status.is5xxServerError()) {
      return answer(problems.problemFor(pathOf(request), failure), headers);
    }
    HttpServletRequest http = ((ServletWebRequest) request).getRequest();
    boolean missing =
        status.value() == HttpServletResponse.SC_NOT_FOUND
            || status.value() == HttpServletResponse.SC_METHOD_NOT_ALLOWED;
    if (missing && !camel.getStatus().isStarted()) {
      // The port opens before the routes do, and closes after them: "not here" is not known yet.
      return answer(
          ProblemWriter.forStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE, http),
          new HttpHeaders());
    }
    return answer(ProblemWriter.forStatus(status.value(), http), headers);
  }

  private static ResponseEntity<Object> answer(Problem problem, HttpHeaders headers) {
    ResponseEntity.BodyBuilder answer =
        ResponseEntity.status(problem.status())
            .headers(headers)
            .contentType(MediaType.APPLICATION_PROBLEM_JSON);
    if (problem.retryAfter() != null) {
      answer.header(HttpHeaders.RETRY_AFTER, problem.retryAfterSeconds());
    }
    return answer.body(problem.toJson());
  }

  private static String pathOf(WebRequest request) {
    return ((ServletWebRequest) request).getRequest().getRequestURI();
  }
}
