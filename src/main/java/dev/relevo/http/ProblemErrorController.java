package dev.relevo.http;

import jakarta.servlet.RequestDispatcher;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.boot.web.servlet.error.ErrorController;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;

/**
 * Answers what the servlet container hands on: {@code sendError} and exceptions out of filters and
 * servlets.
 */
@Controller
final class ProblemErrorController implements ErrorController {
  private final ProblemDetails problems;

  ProblemErrorController(ProblemDetails problems) {
    this.problems = problems;
  }

  @RequestMapping("${server.error.path:/error}")
  void error(HttpServletRequest request, HttpServletResponse response) throws IOException {
    Integer status = (Integer) request.getAttribute(RequestDispatcher.ERROR_STATUS_CODE);
    if (status == null) {
      // Somebody asked for this path itself.
      ProblemWriter.write(
          ProblemWriter.forStatus(HttpServletResponse.SC_NOT_FOUND, request), response);
      return;
    }
    String path = (String) request.getAttribute(RequestDispatcher.ERROR_REQUEST_URI);
    Throwable failure = (Throwable) request.getAttribute(RequestDispatcher.ERROR_EXCEPTION);
    if (failure instanceof IOException) {
      // Tomcat calls it a 500, but it is the client's doing: it broke off, or its chunks are none.
      status = HttpServletResponse.SC_BAD_REQUEST;
    } else if (failure != null) {
      ProblemWriter.write(problems.problemFor(path, failure), response);
      return;
    }
    ProblemWriter.write(ProblemWriter.forStatus(status, request.getMethod(), path), response);
  }
}
