package io.chromabackup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A store in memory, in which there may be anything. */
final class Shelf implements ArchiveStore {
  private final Map<String, byte[]> files = new TreeMap<>();
  private final Map<String, IOException> outOfReach = new HashMap<>();

  void put(String name, byte[] content) {
    files.put(name, content);
  }

  /** From now on it can be seen, and not read. */
  void fail(ArchiveName name, IOException failure) {
    outOfReach.put(name.toString(), failure);
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
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    content.writeTo(out);
    check.readFrom(new ByteArrayInputStream(out.toByteArray()));
    put(name.toString(), out.toByteArray());
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
  public boolean delete(ArchiveName name) {
    return files.remove(name.toString()) != null;
  }

  @Override
  public Lock lock(String purpose) {
    return () -> {};
  }
}
