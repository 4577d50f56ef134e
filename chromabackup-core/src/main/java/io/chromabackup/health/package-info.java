/**
 * Asks a running Chroma, through its HTTP API, whether it serves what was restored. Start with
 * {@link io.chromabackup.health.ChromaHealth}.
 */
package io.chromabackup.health;
