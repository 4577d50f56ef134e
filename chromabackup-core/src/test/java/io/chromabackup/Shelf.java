package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A store in memory, in which there may be anything. */
final class Shelf implements ArchiveStore {
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, IOException> outOfReach = new HashMap<>();
  private final Map<ArchiveName, Exception> undeletable = new HashMap<>();
  private final Set<ArchiveName> taken = new HashSet<>();
  boolean isTakenAlways;
  OptionalLong space = OptionalLong.empty();

  /** What is read back of anything; null if that is what was written. */
  byte @Nullable [] readBack;

  /** Whether it stores what it is given without asking whether it is right. */
  boolean asksNobody;

  /** Whether another has its lock. */
  boolean isLocked;

  /** Whether its lock cannot be given back. */
  boolean keepsItsLock;

  /** How many bytes of what it is given it loses. */
  int loses;

  void put(String name, byte[] content) {
    files.put(name, content);
  }

  void rename(ArchiveName from, ArchiveName to) {
    files.put(to.toString(), Objects.requireNonNull(files.remove(from.toString())));
  }

  /** From now on it can be seen, and not read. */
  void fail(ArchiveName name, IOException failure) {
    outOfReach.put(name.toString(), failure);
  }

  void failDelete(ArchiveName name, Exception failure) {
    undeletable.put(name, failure);
  }

  /** Another writer is quicker than the next one here. */
  void takeBeforeWrite(ArchiveName... names) {
    taken.addAll(List.of(names));
  }

  boolean has(ArchiveName name) {
    return files.containsKey(name.toString());
  }

  /** What is not named like an archive. */
  Map<String, byte[]> foreign() {
    Map<String, byte[]> foreign = new HashMap<>(files);
    foreign.keySet().removeIf(name -> ArchiveName.parse(name).isPresent());
    return foreign;
  }

  @Override
  public String describe() {
    return "the shelf";
  }

  @Override
  public ArchiveInfo write(ArchiveName name, ContentWriter content, ContentCheck check)
      throws IOException {
    if (isTakenAlways || taken.contains(name)) {
      throw new ChromaBackupException.ArchiveExists(name, describe());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    if (!asksNobody) {
      check.readFrom(new ByteArrayInputStream(readBack == null ? out.toByteArray() : readBack));
    }
    put(name.toString(), Arrays.copyOf(out.toByteArray(), out.size() - loses));
    return new ArchiveInfo(name, out.size());
  }

  @Override
  public InputStream open(ArchiveName name) throws IOException {
    if (outOfReach.containsKey(name.toString())) {
      throw outOfReach.get(name.toString());
    }
    byte[] content = files.get(name.toString());
    if (content == null) {
      throw new ChromaBackupException.ArchiveNotFound(name, describe());
    }
    return new ByteArrayInputStream(content);
  }

  @Override
  public List<ArchiveInfo> list() {
    List<ArchiveInfo> infos = new ArrayList<>();
    files.forEach(
        (text, content) ->
            ArchiveName.parse(text)
                .ifPresent(name -> infos.add(new ArchiveInfo(name, content.length))));
    return infos;
  }

  @Override
  public OptionalLong usableSpace() {
    return space;
  }

  @Override
  public boolean delete(ArchiveName name) throws IOException {
    Exception failure = undeletable.get(name);
    if (failure instanceof RuntimeException unchecked) {
      throw unchecked;
    } else if (failure != null) {
      throw (IOException) failure;
    }
    return files.remove(name.toString()) != null;
  }

  @Override
  public Lock lock(String purpose) throws IOException {
    if (isLocked) {
      throw new ChromaBackupException.Locked("the shelf", "process 1");
    }
    return () -> {
      if (keepsItsLock) {
        throw new IllegalStateException("the lock could not be deleted");
      }
    };
  }
}
