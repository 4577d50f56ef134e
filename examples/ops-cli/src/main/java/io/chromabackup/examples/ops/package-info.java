/**
 * The command line {@code chromabackup}. {@link io.chromabackup.examples.ops.Main} is where it
 * starts; each command is a class, and each of its results another.
 */
package io.chromabackup.examples.ops;
