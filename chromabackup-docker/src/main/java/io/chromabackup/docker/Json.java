package io.chromabackup.docker;

import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A piece of an engine's answer. What is missing in it reads as empty: engines differ. */
record Json(@Nullable Object value) {

  static Json parse(String text) throws IOException {
    return new Json(JSON.std.anyFrom(text));
  }

  static String write(Object value) throws IOException {
    return JSON.std.asString(value);
  }

  /** What is found by these names, one inside the other. */
  Json at(String... names) {
    Object found = value;
    for (String name : names) {
      found = found instanceof Map<?, ?> map ? map.get(name) : null;
    }
    return new Json(found);
  }

  boolean isMissing() {
    return value == null;
  }

  /** A text, a number or a truth value as text; else empty. */
  String text() {
    return value == null || value instanceof Map || value instanceof List ? "" : value.toString();
  }

  /** The same; empty if it says nothing. */
  Optional<String> said() {
    return Optional.of(text()).filter(t -> !t.isEmpty());
  }

  boolean isTrue() {
    return Boolean.TRUE.equals(value);
  }

  Optional<Long> number() {
    return value instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
  }

  List<Json> list() {
    return value instanceof List<?> list ? list.stream().map(Json::new).toList() : List.of();
  }

  /** The members of an object, in the engine's order. */
  Map<String, Json> members() {
    Map<String, Json> members = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> members.put(String.valueOf(name), new Json(member)));
    }
    return members;
  }
}
