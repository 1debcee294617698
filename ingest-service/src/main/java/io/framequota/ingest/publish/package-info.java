/** From pictures to chunks on the frames topic. */
@NullMarked
package io.framequota.ingest.publish;

import org.jspecify.annotations.NullMarked;
