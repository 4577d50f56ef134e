package io.chromabackup.docker;

import java.io.InputStream;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something to be asked of an engine.
 *
 * @param method of HTTP
 * @param path below the API's version, with its query
 * @param doing what it is for, as the end of <q>the engine failed while …</q>
 * @param limit how long the engine may keep silent
 * @param json what is sent as JSON; null for nothing
 * @param tar what is sent as a tar stream; null for nothing
 * @param input what is sent after the engine has given the connection over; null to keep to HTTP
 */
record Call(
    String method,
    String path,
    String doing,
    Duration limit,
    @Nullable Map<String, ?> json,
    @Nullable TarUpload tar,
    @Nullable InputStream input) {
  /** For transfers, which may take any time as long as they go on. */
  static final Duration STALL = Duration.ofMinutes(2);

  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Call of(String method, String path, String doing) {
    return new Call(method, path, doing, LIMIT, null, null, null);
  }

  Call within(Duration limit) {
    return new Call(method, path, doing, limit, json, tar, input);
  }

  Call sending(Map<String, ?> json) {
    return new Call(method, path, doing, limit, json, tar, input);
  }

  Call sending(TarUpload tar) {
    return new Call(method, path, doing, limit, json, tar, input);
  }

  Call takingOver(InputStream input) {
    return new Call(method, path, doing, limit, json, tar, input);
  }

  /** The path of something of a container. */
  static String container(String id, String rest) {
    return "/containers/" + encode(id) + rest;
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
