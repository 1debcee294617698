/** Decodes files to pictures: every frame once, in presentation order, as displayed. */
@NullMarked
package io.framequota.ingest.decode;

import org.jspecify.annotations.NullMarked;
