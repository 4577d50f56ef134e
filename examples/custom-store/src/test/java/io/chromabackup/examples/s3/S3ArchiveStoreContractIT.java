package io.chromabackup.examples.s3;

import io.chromabackup.ArchiveStore;
import io.chromabackup.testkit.contract.ArchiveStoreContract;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

class S3ArchiveStoreContractIT implements ArchiveStoreContract {
  private S3Server server;
  private String bucket;
  private Relay relay;
  private S3Client client;
  private S3Client troubled;
  private volatile Trouble trouble;

  @BeforeEach
  void makeBucket() throws Exception {
    server = S3Server.shared();
    bucket = server.newBucket();
    relay = new Relay(server.endpoint(), head -> isTroubled(head) ? -1 : Long.MAX_VALUE);
    client = server.client();
    troubled = S3Server.client(relay.endpoint(), S3Server.SECRET);
  }

  @AfterEach
  void close() throws IOException {
    troubled.close();
    client.close();
    relay.close();
  }

  private boolean isTroubled(String head) {
    return switch (trouble) {
      case WRITING -> head.contains("partNumber=") && head.contains("/partial/");
      case FINISHING ->
          head.startsWith("POST /" + bucket + "/backups/chromadb") && head.contains("Id=");
      case LISTING -> head.startsWith("GET /" + bucket + "?list-type=2");
    };
  }

  @Override
  public ArchiveStore open() {
    return S3ArchiveStore.in(client, bucket, "backups");
  }

  @Override
  public Optional<ArchiveStore> openIn(Trouble expected) {
    trouble = expected;
    return Optional.of(S3ArchiveStore.in(troubled, bucket, "backups"));
  }

  @Override
  public boolean putForeign(String fileName) {
    client.putObject(
        request -> request.bucket(bucket).key("backups/" + fileName), RequestBody.fromString("x"));
    return true;
  }

  @Override
  public Set<String> secrets() {
    return Set.of(S3Server.SECRET);
  }
}
