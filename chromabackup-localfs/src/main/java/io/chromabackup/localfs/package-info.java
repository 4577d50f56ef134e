/** A Chroma data directory and an archive store on any {@link java.nio.file.Path}. */
package io.chromabackup.localfs;
