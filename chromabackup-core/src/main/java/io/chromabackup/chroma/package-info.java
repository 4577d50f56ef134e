/**
 * What a Chroma data directory is: its names, its database while a server uses it, and whether a
 * copy of it is whole. Knows nothing of archives, stores and services.
 *
 * <p>{@link io.chromabackup.chroma.LiveDatabase} reads and copies a live database, {@link
 * io.chromabackup.chroma.ChromaDatabase} makes one clean file of a copied one, and {@link
 * io.chromabackup.chroma.Inspector} looks into a copied directory.
 */
package io.chromabackup.chroma;
