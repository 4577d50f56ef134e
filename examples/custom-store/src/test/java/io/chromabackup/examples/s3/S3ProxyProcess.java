package io.chromabackup.examples.s3;

import java.io.IOException;

/**
 * The server's main class. It runs with S3Proxy's jars, and ends with the process that began it.
 */
final class S3ProxyProcess {
  private S3ProxyProcess() {}

  public static void main(String[] args) throws Exception {
    Thread watch = new Thread(S3ProxyProcess::endWithParent, "end with parent");
    watch.setDaemon(true);
    watch.start();
    Class.forName("org.gaul.s3proxy.Main")
        .getMethod("main", String[].class)
        .invoke(null, (Object) args);
  }

  private static void endWithParent() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException e) {
      // that is the end, too
    }
    Runtime.getRuntime().halt(0);
  }
}
