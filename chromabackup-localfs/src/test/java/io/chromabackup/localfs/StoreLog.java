package io.chromabackup.localfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What processes did to a store, in the order in which they did it: each writes down that it has
 * come in after it has, and that it goes before it does. A line is written in one piece.
 *
 * @param file of lines: process, event, what about
 */
record StoreLog(Path file) {
  static final String ENTER = "enter";
  static final String LEAVE = "leave";
  static final String OPENED = "opened";
  static final String CLOSING = "closing";
  static final String STORED = "stored";
  static final String DELETING = "deleting";
  static final String DELETED = "deleted";
  static final String DONE = "done";
  static final String NOTHING = "nothing";
  static final String LOCKED_BY = "locked-by";
  static final String IN_USE = "in-use";
  static final String WRONG = "wrong";

  /** A line. */
  record Event(long pid, String event, String about) {
    static Event parse(String line) {
      int first = line.indexOf(' ');
      int second = line.indexOf(' ', first + 1);
      return new Event(
          Long.parseLong(line.substring(0, first)),
          line.substring(first + 1, second),
          line.substring(second + 1));
    }
  }

  void add(String event, Object about) throws IOException {
    String line =
        "%d %s %s%n"
            .formatted(
                ProcessHandle.current().pid(), event, about.toString().replaceAll("\\s+", " "));
    Files.write(
        file,
        line.getBytes(StandardCharsets.UTF_8),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  List<Event> events() throws IOException {
    return Files.exists(file)
        ? Files.readAllLines(file).stream().map(Event::parse).toList()
        : List.of();
  }

  static long count(List<Event> events, String event) {
    return events.stream().filter(one -> one.event().equals(event)).count();
  }

  /** Whoever came in while another was in. One that was killed there is in no more. */
  static List<String> twoAtOnce(List<Event> events, Set<Long> killed) {
    List<String> wrong = new ArrayList<>();
    Set<Long> inside = new HashSet<>();
    for (int i = 0; i < events.size(); i++) {
      Event event = events.get(i);
      if (event.event().equals(ENTER)) {
        List<Event> later = events.subList(i, events.size());
        inside.removeIf(pid -> killed.contains(pid) && isOver(pid, later));
        if (!inside.isEmpty()) {
          wrong.add(event + " while in there: " + inside);
        }
        inside.add(event.pid());
      } else if (event.event().equals(LEAVE)) {
        inside.remove(event.pid());
      } else if (isOfAWriter(event) && !inside.contains(event.pid())) {
        wrong.add(event + " by one that is not in");
      }
    }
    return wrong;
  }

  private static boolean isOver(long pid, List<Event> later) {
    return later.stream().noneMatch(event -> event.pid() == pid);
  }

  private static boolean isOfAWriter(Event event) {
    return event.event().equals(STORED) || event.event().equals(DELETED);
  }

  /** Archives that were deleted while somebody read them who lived to close them. */
  static List<String> deletedUnderAReader(List<Event> events, Set<Long> killed) {
    List<String> wrong = new ArrayList<>();
    Map<String, Integer> readers = new HashMap<>();
    for (Event event : events) {
      if (killed.contains(event.pid()) && !event.event().equals(DELETED)) {
        continue;
      }
      switch (event.event()) {
        case OPENED -> readers.merge(event.about(), 1, Integer::sum);
        case CLOSING -> readers.merge(event.about(), -1, Integer::sum);
        case DELETED -> {
          if (readers.getOrDefault(event.about(), 0) > 0) {
            wrong.add(event + " while it was read");
          }
        }
        default -> {}
      }
    }
    return wrong;
  }

  /** What was stored and by nobody deleted, as far as the log tells. */
  static Set<String> remaining(List<Event> events) {
    Set<String> remaining = new HashSet<>();
    for (Event event : events) {
      if (event.event().equals(STORED)) {
        remaining.add(event.about());
      } else if (event.event().equals(DELETING)) {
        remaining.remove(event.about());
      } else if (event.event().equals(IN_USE)) {
        remaining.add(event.about());
      }
    }
    return remaining;
  }
}
