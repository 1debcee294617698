/** Models that can be downloaded, and the download. */
@NullMarked
package io.framequota.cli.download;

import org.jspecify.annotations.NullMarked;
