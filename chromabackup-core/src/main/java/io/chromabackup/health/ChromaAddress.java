package io.chromabackup.health;

import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where a server is, and what it wants to be told with each request.
 *
 * @param base its address, without a slash at the end
 * @param headers what to send with each request; secret
 * @param timeout how long each answer may take, if that was said
 */
record ChromaAddress(String base, List<Header> headers, Optional<Duration> timeout) {
  private static final Set<String> SCHEMES = Set.of("http", "https");
  private static final int ANSWER_CHARACTERS = 200;

  /** A header of a request. */
  record Header(String name, String value) {
    @Override
    public String toString() {
      return name;
    }
  }

  ChromaAddress {
    headers = List.copyOf(headers);
  }

  /**
   * A server that wants to be told nothing.
   *
   * @throws IllegalArgumentException if it cannot be an address; as it may hold a password, the
   *     message does not repeat it
   */
  static ChromaAddress at(URI address) {
    String scheme = String.valueOf(address.getScheme()).toLowerCase(Locale.ROOT);
    if (!SCHEMES.contains(scheme) || address.getHost() == null) {
      throw new IllegalArgumentException("the address must be like http://localhost:8000");
    }
    if (address.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the address must not hold a user and password; give a header");
    }
    if (address.getRawQuery() != null || address.getRawFragment() != null) {
      throw new IllegalArgumentException("the address must have neither a query nor a fragment");
    }
    return new ChromaAddress(address.toString().replaceAll("/+$", ""), List.of(), Optional.empty());
  }

  ChromaAddress withTimeout(Duration other) {
    return new ChromaAddress(base, headers, Optional.of(other));
  }

  /**
   * The same server, told one more thing.
   *
   * @throws IllegalArgumentException if HTTP does not allow it; without a cause, as the cause's
   *     message would repeat the value
   */
  ChromaAddress withHeader(String name, String value) {
    boolean allowed = true;
    try {
      HttpRequest.newBuilder(URI.create(base)).header(name, value);
    } catch (IllegalArgumentException e) {
      allowed = false;
    }
    if (!allowed) {
      throw new IllegalArgumentException(
          "HTTP does not allow a header %s, or not with that value".formatted(printable(name)));
    }
    List<Header> more = new ArrayList<>(headers);
    more.add(new Header(name, value));
    return new ChromaAddress(base, more, timeout);
  }

  /** What a server said, short, in one line, and without the headers it may have repeated. */
  String quoted(String answer) {
    String text = answer;
    for (Header header : headers) {
      for (String secret : List.of(header.value(), lastWord(header.value()))) {
        text = secret.isBlank() ? text : text.replace(secret, "***");
      }
    }
    text = printable(text);
    return text.length() <= ANSWER_CHARACTERS
        ? text
        : text.substring(0, ANSWER_CHARACTERS) + " ...";
  }

  /** The token of {@code Bearer token}. */
  private static String lastWord(String value) {
    return value.substring(value.lastIndexOf(' ') + 1);
  }

  private static String printable(String text) {
    return text.replaceAll("[\\p{Cntrl}\\s]+", " ").strip();
  }

  @Override
  public String toString() {
    return "Chroma at " + base;
  }
}
