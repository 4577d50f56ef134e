/**
 * What an archive store, a source, a target and a service controller must keep, as JUnit 5 tests:
 * implement the contract in a test class, and every rule is a test.
 */
package io.chromabackup.testkit.contract;
