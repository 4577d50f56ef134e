package io.chromabackup.docker;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which companions this copy of the library has. One that carries a token of it, and that it does
 * not have any more, is as good as one of a dead process: its making was reported to have failed,
 * or its removal failed, or what it stands for was left to whoever comes next.
 */
final class OwnerToken {
  /** The label with the token. */
  static final String LABEL = "io.chromabackup.companion";

  /**
   * Another class loader of this process has another copy, of whose companions nothing is known.
   */
  private static final String COPY = UUID.randomUUID() + "/";

  private static final Set<String> TOKENS = ConcurrentHashMap.newKeySet();
  private static final Map<String, String> TOKEN_OF = new ConcurrentHashMap<>();

  private OwnerToken() {}

  /** A token for a companion that is about to be made. */
  static String begin() {
    String token = COPY + UUID.randomUUID();
    TOKENS.add(token);
    return token;
  }

  /** It was made. */
  static void made(String token, String id) {
    TOKEN_OF.put(id, token);
  }

  /** It was not made, as far as can be told. */
  static void failed(String token) {
    TOKENS.remove(token);
  }

  /** It is given up, whether it can be removed or not. */
  static void end(String id) {
    String token = TOKEN_OF.remove(id);
    if (token != null) {
      TOKENS.remove(token);
    }
  }

  /** Whether a companion with these labels was this copy's and is not any more. */
  static boolean isLost(Map<String, String> labels) {
    String token = labels.getOrDefault(LABEL, "");
    return token.startsWith(COPY) && !TOKENS.contains(token);
  }
}
