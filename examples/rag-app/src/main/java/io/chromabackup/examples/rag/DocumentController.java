package io.chromabackup.examples.rag;

import io.chromabackup.examples.rag.Answers.Answer;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** Documents in, answers out. */
@RestController
final class DocumentController {
  private final DocumentStore documents;
  private final Answers answers;

  DocumentController(DocumentStore documents, Answers answers) {
    this.documents = documents;
    this.answers = answers;
  }

  @PutMapping(path = "/documents/{name}", consumes = "text/plain")
  Map<String, Integer> put(@PathVariable String name, @RequestBody String text) {
    return Map.of("passages", documents.put(name, text));
  }

  @GetMapping("/answers")
  Answer answer(@RequestParam String question) {
    if (question.isBlank()) {
      throw new ResponseStatusException(HttpStatus.BAD_REQUEST, "nothing is asked");
    }
    return answers
        .to(question)
        .orElseThrow(
            () -> new ResponseStatusException(HttpStatus.NOT_FOUND, "there are no documents yet"));
  }
}
