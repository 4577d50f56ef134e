/** A small application that answers from a Chroma, and backs that Chroma up. */
@NullMarked
package io.chromabackup.examples.rag;

import org.jspecify.annotations.NullMarked;
