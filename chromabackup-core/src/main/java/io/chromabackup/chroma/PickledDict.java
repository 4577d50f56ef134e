package io.chromabackup.chroma;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A dict of a pickle that is being read: what is put into it goes where it belongs. */
interface PickledDict {
  /** Takes one item. Throws a RuntimeException if it has no place here. */
  void put(@Nullable Object key, @Nullable Object value);

  /** The fields of the index: few, and kept. The big ones stream through dicts of their own. */
  final class Fields implements PickledDict {
    private static final int MOST = 32;

    private final Map<String, Object> values = new HashMap<>();

    @Override
    public void put(@Nullable Object key, @Nullable Object value) {
      if (values.size() == MOST) {
        throw new IllegalArgumentException("it has more fields than an index has");
      }
      values.put((String) Objects.requireNonNull(key), Objects.requireNonNullElse(value, this));
    }

    /** The value of a field; null if it is None or missing. */
    @Nullable Object get(String field) {
      Object value = values.get(field);
      return value == this ? null : value;
    }

    boolean hasIds() {
      return get("id_to_label") instanceof PickledDict && get("label_to_id") instanceof PickledDict;
    }
  }

  /** The dict that is the value of {@code field}. */
  static PickledDict ofField(String field, IndexIds.Sink sink) {
    return switch (field) {
      case "id_to_label" -> (id, label) -> sink.idToLabel(text(id), IndexIds.integer(label));
      case "label_to_id" -> (label, id) -> sink.labelToId(IndexIds.integer(label), text(id));
      default -> (key, value) -> {};
    };
  }

  private static String text(@Nullable Object value) {
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("an id is not a string");
  }
}
