/**
 * For this project's own tests, and no part of what is promised: real Chroma servers and engines,
 * as {@code dev} in a checkout of the project installs them, and a write load whose every record
 * can be checked. Whoever implements or uses the library finds what they need in {@link
 * io.chromabackup.testkit.contract} and {@link io.chromabackup.testkit.faults}.
 */
package io.chromabackup.testkit;
