package io.chromabackup.docker;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentEndEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * The outermost settings of a YAML file, as far as they are plain values. It is read event by event
 * and nothing is ever built of it, so that aliases cannot make it expensive.
 */
final class ConfigFile {
  private static final int DEEPEST = 100;

  private final Map<String, String> settings = new HashMap<>();
  private final Map<Anchor, String> anchors = new HashMap<>();
  private final Deque<Boolean> collections = new ArrayDeque<>();
  private @Nullable String key;
  private boolean expectsValue;

  private ConfigFile() {}

  /**
   * The settings in a text.
   *
   * @return empty if it is not YAML, or not a mapping
   */
  static Optional<Map<String, String>> settings(String yaml) {
    LoadSettings limits = LoadSettings.builder().setCodePointLimit(yaml.length() + 1).build();
    ConfigFile file = new ConfigFile();
    try {
      ParserImpl events = new ParserImpl(limits, new StreamReader(limits, yaml));
      boolean isMapping = false;
      for (Event event = events.next();
          !(event instanceof DocumentEndEvent) && events.hasNext() && !file.isTooDeep();
          event = events.next()) {
        isMapping |= event instanceof MappingStartEvent && file.collections.isEmpty();
        file.take(event);
      }
      return isMapping && !file.isTooDeep()
          ? Optional.of(Map.copyOf(file.settings))
          : Optional.empty();
    } catch (YamlEngineException e) {
      return Optional.empty();
    }
  }

  /** The deeper, the slower the parser. */
  private boolean isTooDeep() {
    return collections.size() > DEEPEST;
  }

  private void take(Event event) {
    if (event instanceof CollectionStartEvent) {
      collections.push(event instanceof MappingStartEvent);
    } else if (event instanceof CollectionEndEvent) {
      collections.pop();
      if (collections.size() == 1) {
        next(null);
      }
    } else if (event instanceof ScalarEvent scalar) {
      scalar.getAnchor().ifPresent(anchor -> anchors.put(anchor, scalar.getValue()));
      take(isNothing(scalar) ? null : scalar.getValue());
    } else if (event instanceof AliasEvent alias) {
      take(anchors.get(alias.getAlias()));
    }
  }

  private void take(@Nullable String value) {
    if (collections.size() == 1 && Boolean.TRUE.equals(collections.peek())) {
      next(value);
    }
  }

  /** One more key or value of the outermost mapping; null for what is not plain. */
  private void next(@Nullable String value) {
    if (expectsValue && key != null && value != null) {
      settings.put(key, value);
    }
    key = expectsValue ? null : value;
    expectsValue = !expectsValue;
  }

  private static boolean isNothing(ScalarEvent scalar) {
    return scalar.isPlain() && scalar.getValue().matches("|~|null|Null|NULL");
  }
}
