package io.chromabackup.docker;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where an engine is.
 *
 * @param uri {@code unix:///var/run/docker.sock}, {@code tcp://host:2376}, {@code npipe:...}; empty
 *     for what the environment says ({@code DOCKER_HOST}, {@code DOCKER_CONTEXT}), else the default
 *     socket
 * @param certificates the directory with {@code ca.pem}, {@code cert.pem} and {@code key.pem} for
 *     TLS; empty for what the environment says ({@code DOCKER_TLS_VERIFY}, {@code
 *     DOCKER_CERT_PATH})
 */
record DockerHost(Optional<String> uri, Optional<Path> certificates) {}
