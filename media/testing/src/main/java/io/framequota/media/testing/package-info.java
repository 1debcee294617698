/** Test videos and pictures. */
package io.framequota.media.testing;
