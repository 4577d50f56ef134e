/**
 * What the file systems are asked for in more than one place: locks that die with their holder,
 * files that survive a power cut, trees that are deleted, modes and owners. Not part of the public
 * API.
 */
package io.chromabackup.files;
