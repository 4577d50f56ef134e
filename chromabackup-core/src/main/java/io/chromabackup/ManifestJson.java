package io.chromabackup;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.jr.ob.JSON;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The manifest as the text that stands in the archive. */
final class ManifestJson {
  /** What is written here. A reader refuses a higher number: it cannot know what changed. */
  static final int FORMAT_VERSION = 1;

  /** What is written here has one in twelve; more of them are made to fill the memory. */
  private static final int BYTES_PER_TOKEN = 8;

  private static final int FEW_TOKENS = 1000;

  private static final JSON PRETTY = JSON.std.with(JSON.Feature.PRETTY_PRINT_OUTPUT);

  private ManifestJson() {}

  static byte[] write(Manifest manifest) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("formatVersion", FORMAT_VERSION);
    json.put("library", "chromabackup " + manifest.library());
    json.put("createdAt", manifest.createdAt().toString());
    json.put("source", manifest.source());
    json.put("quiet", name(manifest.quiet()));
    json.put("heldMillis", manifest.held().toMillis());
    json.put("inspection", name(manifest.inspection()));
    json.put("sound", manifest.isSound());
    json.put("faults", manifest.faults());
    json.put("documents", manifest.documents());
    json.put("schema", new TreeMap<>(manifest.schema()));
    json.put("collections", manifest.collections().stream().map(ManifestJson::collection).toList());
    if (manifest.allocated() != manifest.bytes()) {
      json.put("allocated", manifest.allocated());
    }
    json.put("files", manifest.files().stream().map(ManifestJson::file).toList());
    return PRETTY.asBytes(json);
  }

  private static Map<String, Object> collection(CollectionSummary collection) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("tenant", collection.tenant());
    json.put("database", collection.database());
    json.put("name", collection.name());
    json.put("id", collection.id());
    if (collection.dimension().isPresent()) {
      json.put("dimension", collection.dimension().getAsInt());
    }
    json.put("space", collection.space());
    json.put("documents", collection.documents());
    json.put("pending", collection.pending());
    return json;
  }

  private static Map<String, Object> file(Manifest.File file) {
    Entry entry = file.entry();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("path", ArchiveLayout.nameOf(entry));
    if (file.sha256() != null) {
      json.put("size", entry.size());
      json.put("sha256", file.sha256());
    }
    json.put("modifiedAt", entry.modifiedAt().toString());
    json.put("mode", "%04o".formatted(entry.mode()));
    Entry.Owner owner = entry.owner();
    if (owner != null) {
      json.put("uid", owner.uid());
      json.put("gid", owner.gid());
    }
    return json;
  }

  /** Throws an IOException that says what is wrong with the text. */
  static Manifest read(byte[] text) throws IOException {
    Fields json;
    try {
      json = new Fields(Objects.requireNonNull(bounded(text.length).mapFrom(text), "it is null"));
    } catch (IOException | RuntimeException e) {
      throw new IOException("its manifest is not JSON: " + e.getMessage(), e);
    }
    long version = json.number("formatVersion");
    if (version > FORMAT_VERSION) {
      throw new Unsupported(
          "it has format %d, and this library knows formats up to %d. Use a newer one"
              .formatted(version, FORMAT_VERSION));
    }
    try {
      return manifest(json);
    } catch (RuntimeException e) {
      throw new IOException("its manifest makes no sense: " + e.getMessage(), e);
    }
  }

  private static JSON bounded(int length) {
    return new JSON(
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxTokenCount(FEW_TOKENS + length / BYTES_PER_TOKEN)
                    .build())
            .build());
  }

  private static Manifest manifest(Fields json) throws IOException {
    Map<String, Integer> schema = new TreeMap<>();
    for (Map.Entry<String, Object> version : json.object("schema").entries()) {
      schema.put(version.getKey(), Math.toIntExact(Fields.number(version.getValue())));
    }
    List<CollectionSummary> collections = new ArrayList<>();
    for (Fields collection : json.objects("collections")) {
      collections.add(collection(collection));
    }
    List<Manifest.File> files = new ArrayList<>();
    ArchivedPaths paths = new ArchivedPaths(Integer.MAX_VALUE);
    long bytes = 0;
    for (Fields listed : json.objects("files")) {
      Manifest.File file = file(listed);
      paths.add(file.entry());
      bytes = Math.addExact(bytes, file.entry().size());
      files.add(file);
    }
    long allocated = json.has("allocated") ? json.number("allocated") : bytes;
    if (allocated < 0 || allocated > bytes) {
      throw new IOException(
          "its manifest says that %d bytes take up %d".formatted(bytes, allocated));
    }
    return new Manifest(
        json.string("library").replaceFirst("^chromabackup ", ""),
        Instant.parse(json.string("createdAt")),
        json.string("source"),
        quiet(json.string("quiet")),
        Duration.ofMillis(json.number("heldMillis")),
        schema,
        collections,
        files,
        allocated,
        inspection(json),
        json.strings("faults"));
  }

  private static CollectionSummary collection(Fields json) throws IOException {
    return new CollectionSummary(
        json.string("tenant"),
        json.string("database"),
        json.string("name"),
        json.string("id"),
        json.has("dimension")
            ? OptionalInt.of(Math.toIntExact(json.number("dimension")))
            : OptionalInt.empty(),
        json.string("space"),
        json.number("documents"),
        json.number("pending"));
  }

  private static Manifest.File file(Fields json) throws IOException {
    String name = json.string("path");
    boolean isFile = json.has("sha256");
    Entry entry =
        new Entry(
            ArchiveLayout.pathOf(name),
            isFile ? Entry.Type.FILE : Entry.Type.DIRECTORY,
            isFile ? json.number("size") : 0,
            Instant.parse(json.string("modifiedAt")),
            Integer.parseInt(json.string("mode"), 8),
            owner(json));
    return new Manifest.File(entry, isFile ? json.string("sha256") : null);
  }

  private static Entry.@Nullable Owner owner(Fields json) throws IOException {
    return json.has("uid") ? new Entry.Owner(json.number("uid"), json.number("gid")) : null;
  }

  /** There was one kind only when manifests did not say which. */
  private static Thoroughness inspection(Fields json) throws IOException {
    return json.has("inspection")
        ? Thoroughness.valueOf(json.string("inspection").toUpperCase(Locale.ROOT))
        : Thoroughness.THOROUGH;
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Quiet quiet(String name) {
    return Quiet.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** A JSON object whose fields are asked for by type. */
  private record Fields(Map<String, Object> values) {
    boolean has(String name) {
      return values.get(name) != null;
    }

    Iterable<Map.Entry<String, Object>> entries() {
      return values.entrySet();
    }

    String string(String name) throws IOException {
      return required(name, String.class);
    }

    long number(String name) throws IOException {
      return number(required(name, Number.class));
    }

    static long number(@Nullable Object value) throws IOException {
      if (value instanceof Integer || value instanceof Long) {
        return ((Number) value).longValue();
      }
      throw new IOException("its manifest has " + value + " where a whole number is expected");
    }

    @SuppressWarnings("unchecked") // JSON objects have nothing but string keys
    Fields object(String name) throws IOException {
      return new Fields((Map<String, Object>) required(name, Map.class));
    }

    @SuppressWarnings("unchecked")
    List<Fields> objects(String name) throws IOException {
      List<Fields> objects = new ArrayList<>();
      for (Object element : required(name, List.class)) {
        if (!(element instanceof Map)) {
          throw new IOException("its manifest has something else than objects in " + name);
        }
        objects.add(new Fields((Map<String, Object>) element));
      }
      return objects;
    }

    List<String> strings(String name) throws IOException {
      List<String> strings = new ArrayList<>();
      for (Object element : required(name, List.class)) {
        strings.add(String.valueOf(element));
      }
      return strings;
    }

    private <T> T required(String name, Class<T> type) throws IOException {
      Object value = values.get(name);
      if (!type.isInstance(value)) {
        throw new IOException("its manifest has no usable " + name);
      }
      return type.cast(value);
    }
  }
}
