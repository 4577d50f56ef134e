/** A store of one's own: archives in S3, and in what speaks its protocol. */
@NullMarked
package io.chromabackup.examples.s3;

import org.jspecify.annotations.NullMarked;
