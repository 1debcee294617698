/** KITTI drives as sources: what the files around the pictures say about a job and about the lines of its result. */
@NullMarked
package io.framequota.ingest.drive;

import org.jspecify.annotations.NullMarked;
