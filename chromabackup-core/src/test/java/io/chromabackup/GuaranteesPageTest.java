package io.chromabackup;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page that names a test for each promise names tests that there are. */
class GuaranteesPageTest {
  private static final Path PAGE = Path.of("..", "docs", "guarantees.md");
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#]+)\\)");
  private static final Pattern FIGURE = Pattern.compile("<!--figure ([a-z-]+)-->");

  @Test
  void whateverItLinksIsThere() throws IOException {
    List<String> links =
        LINK.matcher(Files.readString(PAGE)).results().map(link -> link.group(1)).toList();

    assertThat(links).hasSizeGreaterThan(20);
    assertThat(links).allSatisfy(link -> assertThat(PAGE.resolveSibling(link)).exists());
  }

  @Test
  void noFigureHasTwoPlaces() throws IOException {
    List<String> figures =
        FIGURE.matcher(Files.readString(PAGE)).results().map(MatchResult::group).toList();

    assertThat(figures).hasSizeGreaterThan(20).doesNotHaveDuplicates();
  }
}
