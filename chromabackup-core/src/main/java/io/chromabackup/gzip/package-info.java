/** An ordinary gzip file, written fast: each block is coded in the way that pays for it. */
@NullMarked
package io.chromabackup.gzip;

import org.jspecify.annotations.NullMarked;
