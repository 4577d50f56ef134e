package io.chromabackup.examples.rag;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Lets nobody but the holder of the token do more than ask. Without a token in the settings nobody
 * can: what is open to everybody by accident is found by everybody.
 */
@Component
final class TokenFilter extends OncePerRequestFilter {
  private static final String OPEN = "/answers";

  private final String token;

  TokenFilter(RagProperties properties) {
    this.token = properties.token();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getMethod().equals("GET") && request.getServletPath().equals(OPEN);
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (token.isEmpty()) {
      refuse(response, HttpServletResponse.SC_FORBIDDEN, "this needs a token: set rag.token");
    } else if (!isHolder(request.getHeader(HttpHeaders.AUTHORIZATION))) {
      response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "this needs the token, as Bearer");
    } else {
      chain.doFilter(request, response);
    }
  }

  private static void refuse(HttpServletResponse response, int status, String why)
      throws IOException {
    response.setStatus(status);
    response.setContentType("text/plain");
    response.getWriter().println(why);
  }

  /** In the same time whatever differs. */
  private boolean isHolder(@Nullable String authorization) {
    return authorization != null
        && MessageDigest.isEqual(
            authorization.getBytes(StandardCharsets.UTF_8),
            ("Bearer " + token).getBytes(StandardCharsets.UTF_8));
  }
}
