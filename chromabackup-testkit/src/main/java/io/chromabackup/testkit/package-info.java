/** Real Chroma servers and a write load whose every record can be checked. */
package io.chromabackup.testkit;
