package io.chromabackup.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileLockInterruptionException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptionTest {
  @AfterEach
  void forget() {
    Thread.interrupted();
  }

  @Test
  void theGuisesOfAnInterruptAreOne() {
    for (IOException guise :
        List.of(
            new InterruptedIOException(),
            new ClosedByInterruptException(),
            new FileLockInterruptionException())) {
      assertThat(Interruption.isOf(guise)).as("%s", guise).isTrue();
      assertThat(Interruption.normalise(guise)).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).as("%s", guise).isTrue();
    }
  }

  @Test
  void whatIsNoInterruptStaysWhatItIs() {
    for (IOException other : List.of(new SocketTimeoutException(), new IOException())) {
      assertThat(Interruption.isOf(other)).as("%s", other).isFalse();
      assertThat(Interruption.normalise(other)).isSameAs(other);
      assertThat(Thread.interrupted()).as("%s", other).isFalse();
    }
  }

  @Test
  void onAThreadThatWasInterruptedATimeoutIsAnInterrupt() {
    Thread.currentThread().interrupt();

    assertThat(Interruption.isOf(new SocketTimeoutException())).isTrue();
  }

  @Test
  void whatMustBeDoneIsDoneByAnInterruptedThreadAndItStaysInterrupted() throws IOException {
    List<Boolean> interruptedInside = new ArrayList<>();
    Thread.currentThread().interrupt();

    Interruption.shielded(() -> interruptedInside.add(Thread.currentThread().isInterrupted()));

    assertThat(interruptedInside).containsExactly(false);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void anInterruptMeanwhileIsKeptForLater() throws Exception {
    Thread caller = Thread.currentThread();
    CountDownLatch done = new CountDownLatch(1);

    Interruption.shielded(
        () -> {
          caller.interrupt();
          done.countDown();
        });

    assertThat(done.getCount()).isZero();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatFailsInsideFailsOutsideAsItIs() {
    for (Throwable failure :
        List.of(new IOException(), new IllegalStateException(), new StackOverflowError())) {
      assertThatThrownBy(() -> Interruption.shielded(() -> sneak(failure))).isSameAs(failure);
    }
    Exception checked = new Exception("of another kind");
    assertThatThrownBy(() -> Interruption.shielded(() -> sneak(checked)))
        .isInstanceOf(IOException.class)
        .hasCause(checked);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void afterAFailureAnotherOneDoesNotHideIt() throws IOException {
    IOException first = new IOException("first");
    IOException second = new IOException("second");

    Interruption.shieldedAfter(
        first,
        () -> {
          throw second;
        });
    assertThat(first.getSuppressed()).containsExactly(second);

    assertThatThrownBy(
            () ->
                Interruption.shieldedAfter(
                    null,
                    () -> {
                      throw second;
                    }))
        .isSameAs(second);
  }
}
