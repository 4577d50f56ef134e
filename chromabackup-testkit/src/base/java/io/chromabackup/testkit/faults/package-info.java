/**
 * A file system that fails when it is told to: around any other, it counts every step, fails at a
 * chosen one in a chosen way, or loses power there.
 */
package io.chromabackup.testkit.faults;
