/**
 * Chroma in containers, through the Docker Engine API (Docker, or podman's compatible socket).
 *
 * <p>{@link io.chromabackup.docker.DockerEngine} is the way in. What this package leaves in an
 * engine while it works are containers of its own, labelled, and gone when it is done.
 */
package io.chromabackup.docker;
