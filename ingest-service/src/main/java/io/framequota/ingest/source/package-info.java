/** Where videos come from: uploads, the sample that is drawn here, addresses on the web. */
@NullMarked
package io.framequota.ingest.source;

import org.jspecify.annotations.NullMarked;
