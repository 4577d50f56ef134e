package io.chromabackup.docker;

import io.chromabackup.docker.Container.HostPort;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A way to ask a server in a container.
 *
 * @param address where it is asked
 * @param description how that comes to be its address
 */
record Route(URI address, String description) {
  private static final String HOST_NETWORK = "host";
  private static final Set<String> ANY = Set.of("", "0.0.0.0", "::");

  /** An address that was given. */
  static Route given(URI address) {
    return new Route(address, "at " + address);
  }

  /**
   * The ways to a container from here, the likelier first.
   *
   * @param port where the server listens
   * @param remoteHost the host of the engine; empty if that is this machine
   */
  static List<Route> to(Container container, int port, Optional<String> remoteHost) {
    List<Route> routes = new ArrayList<>();
    HostPort published = container.published().get(port);
    if (published != null) {
      for (String host : hosts(published.address(), remoteHost)) {
        routes.add(at(host, published.port(), "its published port"));
      }
    }
    if (container.addresses().containsKey(HOST_NETWORK)) {
      routes.add(at(remoteHost.orElse("127.0.0.1"), port, "the host's network"));
    }
    if (remoteHost.isEmpty()) {
      new TreeMap<>(container.addresses())
          .forEach((network, address) -> routes.addAll(inNetwork(network, address, port)));
    }
    return routes;
  }

  private static List<Route> inNetwork(String network, String address, int port) {
    return address.isEmpty() ? List.of() : List.of(at(address, port, "network " + network));
  }

  private static List<String> hosts(String address, Optional<String> remoteHost) {
    if (!ANY.contains(address)) {
      boolean reachable = remoteHost.isEmpty() || !isLoopback(address);
      return reachable ? List.of(address) : List.of();
    }
    return remoteHost.map(List::of).orElse(List.of("127.0.0.1", "::1"));
  }

  private static boolean isLoopback(String address) {
    return address.startsWith("127.") || address.equals("::1");
  }

  private static Route at(String host, int port, String how) {
    String named = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    URI address = URI.create("http://" + named + ":" + port);
    return new Route(address, "at %s (%s)".formatted(address, how));
  }
}
