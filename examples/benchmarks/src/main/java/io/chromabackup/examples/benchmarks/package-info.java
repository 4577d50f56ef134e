/** Measures whole operations on data of a real server against what one would use instead. */
@NullMarked
package io.chromabackup.examples.benchmarks;

import org.jspecify.annotations.NullMarked;
