package io.chromabackup.testkit.contract;

import static io.chromabackup.testkit.contract.ServiceRule.*;

import io.chromabackup.Quiet;
import io.chromabackup.ServiceController;
import io.chromabackup.testkit.contract.InMemoryService.Once;
import io.chromabackup.testkit.contract.InMemoryService.Server;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Controllers that do one thing wrong each. */
final class FlawedServices {
  private static final List<Mutant<ServiceRule, ServiceAccess>> ALL = new ArrayList<>();

  private FlawedServices() {}

  static List<Mutant<ServiceRule, ServiceAccess>> all() {
    return List.copyOf(ALL);
  }

  /** Controllers of one service in memory. */
  record Access(Server server, Function<Server, ServiceController> controller)
      implements ServiceAccess {
    @Override
    public ServiceController open() {
      return controller.apply(server);
    }

    @Override
    public void bring(State state) {
      if (state != State.DOWN && server.state == State.DOWN) {
        server.start();
      }
      server.state = state;
    }

    @Override
    public State state() {
      return server.look();
    }

    @Override
    public String run() {
      return "run " + server.runs;
    }
  }

  private static void flaw(
      String what,
      ServiceRule rule,
      Function<Server, ServiceController> controller,
      ServiceRule... also) {
    ALL.add(new Mutant<>(what, rule, Set.of(also), () -> new Access(new Server(), controller)));
  }

  static {
    looks();
    pauses();
    stops();
    starts();
    others();
    interrupts();
    patience();
    thaws();
  }

  private static void looks() {
    flaw(
        "every controller has a name of its own",
        SERVICE_01,
        server ->
            new InMemoryService(server) {
              @Override
              public String describe() {
                return super.toString();
              }
            });
    flaw(
        "a controller offers what is a source's",
        SERVICE_02,
        server ->
            new InMemoryService(server) {
              @Override
              public Set<Quiet> offers() {
                return EnumSet.allOf(Quiet.class);
              }
            });
    flaw(
        "what is offered depends on whether it runs",
        SERVICE_02,
        server ->
            new InMemoryService(server) {
              @Override
              public Set<Quiet> offers() {
                return server.state == ServiceAccess.State.RUNNING
                    ? Set.of(Quiet.PAUSE, Quiet.STOP, Quiet.BARRIER)
                    : super.offers();
              }
            });
    flaw(
        "it always runs",
        SERVICE_03,
        server ->
            new InMemoryService(server) {
              @Override
              public boolean isRunning() {
                return true;
              }
            });
    flaw(
        "it never runs",
        SERVICE_03,
        server ->
            new InMemoryService(server) {
              @Override
              public boolean isRunning() {
                return false;
              }
            },
        SERVICE_11);
    flaw(
        "what is frozen does not run",
        SERVICE_03,
        server ->
            new InMemoryService(server) {
              @Override
              public boolean isRunning() {
                return server.state == ServiceAccess.State.RUNNING;
              }
            });
  }

  private static void pauses() {
    flaw(
        "a pause that freezes nothing",
        SERVICE_04,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() {
                return () -> {};
              }
            });
    flaw(
        "a pause that nobody ends",
        SERVICE_04,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                super.pause();
                return () -> {};
              }
            },
        SERVICE_10,
        SERVICE_16,
        SERVICE_19);
    flaw(
        "a pause that stops and starts",
        SERVICE_04,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                return server.state == ServiceAccess.State.FROZEN ? () -> {} : stop();
              }
            });
    flaw(
        "the end of a pause starts what was down",
        SERVICE_05,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                return server.state == ServiceAccess.State.DOWN
                    ? new Once(this::start)
                    : super.pause();
              }
            });
    flaw(
        "a pause of what is down fails",
        SERVICE_05,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  throw new IOException("no such process");
                }
                return super.pause();
              }
            });
    flaw(
        "the end of a pause thaws what was frozen before",
        SERVICE_06,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                return server.state == ServiceAccess.State.FROZEN
                    ? new Once(() -> server.state = ServiceAccess.State.RUNNING)
                    : super.pause();
              }
            });
  }

  private static void stops() {
    flaw(
        "stop returns before it is down",
        SERVICE_07,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                return new Once(
                    () -> {
                      server.state = ServiceAccess.State.DOWN;
                      start();
                    });
              }
            },
        SERVICE_14,
        SERVICE_18);
    flaw(
        "the end of a stop returns before it runs",
        SERVICE_07,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                super.stop();
                return () -> {};
              }
            },
        SERVICE_10,
        SERVICE_16,
        SERVICE_19);
    flaw(
        "the end of a stop starts what was down",
        SERVICE_08,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                server.state = ServiceAccess.State.DOWN;
                return new Once(this::start);
              }
            });
    flaw(
        "closing a hold toggles",
        SERVICE_09,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                server.state = ServiceAccess.State.DOWN;
                return () -> {
                  if (server.state == ServiceAccess.State.DOWN) {
                    start();
                  } else {
                    server.state = ServiceAccess.State.DOWN;
                  }
                };
              }
            },
        SERVICE_14);
    flaw(
        "closing a hold again starts once more",
        SERVICE_09,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                super.stop();
                return this::start;
              }
            });
    flaw(
        "closing a hold again thaws what somebody else has frozen",
        SERVICE_09,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                if (server.state != ServiceAccess.State.RUNNING) {
                  return super.pause();
                }
                super.pause();
                return () -> server.state = ServiceAccess.State.RUNNING;
              }
            });
    flaw(
        "an interrupt keeps a hold from being closed",
        SERVICE_10,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                Hold hold = super.stop();
                return () -> {
                  if (Thread.currentThread().isInterrupted()) {
                    throw new InterruptedIOException();
                  }
                  hold.close();
                };
              }
            });
    flaw(
        "closing a hold forgets an interrupt",
        SERVICE_10,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                Hold hold = super.pause();
                return () -> {
                  Thread.interrupted();
                  hold.close();
                };
              }
            });
  }

  private static void starts() {
    flaw(
        "start does nothing",
        SERVICE_11,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                super.stop();
                return new Once(
                    () -> {
                      if (server.state == ServiceAccess.State.DOWN) {
                        server.start();
                      }
                    });
              }

              @Override
              public void start() {}
            },
        SERVICE_13,
        SERVICE_14);
    flaw(
        "start restarts",
        SERVICE_12,
        server ->
            new InMemoryService(server) {
              @Override
              public void start() {
                server.start();
              }
            },
        SERVICE_14);
    flaw(
        "start of what runs fails",
        SERVICE_12,
        server ->
            new InMemoryService(server) {
              @Override
              public void start() throws IOException {
                if (server.state != ServiceAccess.State.DOWN) {
                  throw new IOException("started already");
                }
                super.start();
              }
            },
        SERVICE_14,
        SERVICE_18);
    flaw(
        "start of what runs stops it",
        SERVICE_12,
        server ->
            new InMemoryService(server) {
              @Override
              public void start() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  super.start();
                } else {
                  server.state = ServiceAccess.State.DOWN;
                }
              }
            },
        SERVICE_14);
    flaw(
        "an interrupt keeps a service from being started",
        SERVICE_13,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                super.stop();
                return new Once(super::start);
              }

              @Override
              public void start() throws IOException {
                if (Thread.currentThread().isInterrupted()) {
                  throw new InterruptedIOException();
                }
                super.start();
              }
            });
    flaw(
        "starting forgets an interrupt",
        SERVICE_13,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                super.stop();
                return new Once(super::start);
              }

              @Override
              public void start() throws IOException {
                Thread.interrupted();
                super.start();
              }
            });
    flaw(
        "the end of a stop starts what was started meanwhile",
        SERVICE_14,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  return super.stop();
                }
                super.stop();
                return new Once(server::start);
              }
            });
  }

  private static void others() {
    flaw(
        "a service that works is never healthy",
        SERVICE_15,
        server ->
            new InMemoryService(server) {
              @Override
              public void awaitHealthy(Duration patience) throws IOException {
                throw new io.chromabackup.ChromaBackupException.Unhealthy("server", "no", null);
              }
            });
    flaw(
        "a service that is down is unhealthy in the words of another library",
        SERVICE_15,
        server ->
            new InMemoryService(server) {
              @Override
              public void awaitHealthy(Duration patience) throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  throw new java.net.ConnectException("refused");
                }
              }
            });
    flaw(
        "recovery starts what nobody held",
        SERVICE_16,
        server ->
            new InMemoryService(server) {
              @Override
              public Optional<String> recover() throws IOException {
                if (server.state == ServiceAccess.State.DOWN) {
                  start();
                  return Optional.of("it runs again");
                }
                return Optional.empty();
              }
            });
    flaw(
        "recovery thaws what a living process holds",
        SERVICE_16,
        server ->
            new InMemoryService(server) {
              @Override
              public Optional<String> recover() {
                if (server.state == ServiceAccess.State.FROZEN) {
                  server.state = ServiceAccess.State.RUNNING;
                  return Optional.of("it runs again");
                }
                return Optional.empty();
              }
            });
    flaw(
        "it was held for less than nothing",
        SERVICE_17,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                Hold hold = super.pause();
                return new Once(hold::close) {
                  @Override
                  public Optional<Duration> held() {
                    return Optional.of(Duration.ofMillis(-1));
                  }
                };
              }
            });
    flaw(
        "a stop that is left starts the service",
        SERVICE_18,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                Hold hold = super.stop();
                return new Once(hold::close) {
                  @Override
                  public void leave() {
                    server.start();
                  }
                };
              }
            });
    flaw(
        "recovery says that it starts what was left",
        SERVICE_18,
        server ->
            new InMemoryService(server) {
              @Override
              public Optional<String> recover() {
                return server.left ? Optional.of("it runs again") : Optional.empty();
              }
            });
  }

  private static void interrupts() {
    flaw(
        "an interrupt leaves a service frozen",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                Hold hold = super.pause();
                breakOffIfInterrupted();
                return hold;
              }
            });
    flaw(
        "an interrupt leaves a service down",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                Hold hold = super.stop();
                breakOffIfInterrupted();
                return hold;
              }
            });
    flaw(
        "a stop that was broken off takes effect later",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (Thread.currentThread().isInterrupted()) {
                  server.coming.add(ServiceAccess.State.RUNNING);
                  server.coming.add(ServiceAccess.State.RUNNING);
                  server.coming.add(ServiceAccess.State.DOWN);
                }
                breakOffIfInterrupted();
                return super.stop();
              }
            });
    flaw(
        "a stop that an interrupt meets in its midst leaves a service down",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              private final Thread opener = Thread.currentThread();

              @Override
              public Hold stop() throws IOException {
                breakOffIfInterrupted();
                Hold hold = super.stop();
                if (Thread.currentThread() != opener) {
                  Kept.sleep(Duration.ofMinutes(1).toMillis());
                }
                return hold;
              }
            });
    flaw(
        "a pause forgets an interrupt",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                Thread.interrupted();
                return super.pause();
              }
            });
    flaw(
        "an interrupt ends a stop with what nobody knows for an interrupt",
        SERVICE_19,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold stop() throws IOException {
                if (Thread.currentThread().isInterrupted()) {
                  throw new java.net.SocketTimeoutException("it does not stop");
                }
                return super.stop();
              }
            });
  }

  private static void breakOffIfInterrupted() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("interrupted");
    }
  }

  private static void patience() {
    flaw(
        "a service is waited for until it works",
        SERVICE_20,
        server ->
            new InMemoryService(server) {
              @Override
              public void awaitHealthy(Duration patience) throws IOException {
                while (server.state != ServiceAccess.State.RUNNING) {
                  Kept.sleep(10);
                }
              }
            },
        SERVICE_15);
    flaw(
        "a service that is frozen is waited for until it answers",
        SERVICE_20,
        server ->
            new InMemoryService(server) {
              @Override
              public void awaitHealthy(Duration patience) throws IOException {
                while (server.state == ServiceAccess.State.FROZEN) {
                  Kept.sleep(10);
                }
                super.awaitHealthy(patience);
              }
            });
  }

  private static void thaws() {
    flaw(
        "a service that was found frozen is frozen again though it was thawed since",
        SERVICE_21,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                return server.state == ServiceAccess.State.FROZEN
                    ? new Once(() -> server.state = ServiceAccess.State.FROZEN)
                    : super.pause();
              }
            });
    flaw(
        "a service that was found frozen is started anew if it was thawed since",
        SERVICE_21,
        server ->
            new InMemoryService(server) {
              @Override
              public Hold pause() throws IOException {
                return server.state == ServiceAccess.State.FROZEN
                    ? new Once(
                        () -> {
                          if (server.state == ServiceAccess.State.RUNNING) {
                            server.start();
                          }
                        })
                    : super.pause();
              }
            });
  }
}
