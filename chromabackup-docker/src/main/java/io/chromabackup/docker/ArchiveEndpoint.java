package io.chromabackup.docker;

import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

/** The files of an engine's containers, in and out as tar streams. */
final class ArchiveEndpoint {
  private static final byte[] EMPTY_TAR = new byte[1024];

  private final EngineConnection connection;

  ArchiveEndpoint(EngineConnection connection) {
    this.connection = connection;
  }

  Optional<PathStat> stat(String id, String path) throws IOException {
    String doing = "looking at %s in container %s".formatted(path, id);
    Reply reply = connection.ask(Call.of("HEAD", archive(id, path), doing));
    if (reply.isNotFound()) {
      connection.describe(id); // or is it the container that is not there?
      return Optional.empty();
    }
    Optional<String> header = reply.header(PathStat.HEADER);
    if (!reply.succeeded() || header.isEmpty()) {
      throw reply.refusal(doing);
    }
    return Optional.of(PathStat.parse(header.get()));
  }

  InputStream read(String id, String path, Duration stall) throws IOException {
    String what = "%s of container %s".formatted(path, id);
    Call call = Call.of("GET", archive(id, path), "reading " + what).within(stall);
    Exchange exchange = connection.open(call);
    if (exchange.status() == 200) {
      return new TarDownload(exchange, what);
    }
    Reply reply;
    try (exchange) {
      reply = exchange.reply();
    }
    if (reply.isNotFound()) {
      connection.describe(id);
      throw new FileNotFoundException("there is no " + what);
    }
    throw reply.refusal(call.doing());
  }

  private static String archive(String id, String path) {
    return Call.container(id, "/archive?path=" + Call.encode(path));
  }

  void write(String id, String directory, InputStream tar) throws IOException {
    // an engine that refuses while a stream is being sent cuts it off, and its reason is lost
    put(id, directory, new TarUpload(new ByteArrayInputStream(EMPTY_TAR)));
    TarUpload upload = new TarUpload(tar);
    try {
      put(id, directory, upload);
    } catch (IOException e) {
      throw upload.failure().orElse(e);
    }
  }

  private void put(String id, String directory, TarUpload tar) throws IOException {
    Call call =
        Call.of(
                "PUT",
                archive(id, directory),
                "writing to %s of container %s".formatted(directory, id))
            .within(Call.STALL)
            .sending(tar);
    Reply reply = connection.ask(call);
    if (reply.isNotFound()) {
      connection.describe(id);
    }
    if (!reply.succeeded()) {
      throw reply.refusal(call.doing());
    }
  }
}
