/** What the scheduler answers over HTTP; ingest-service forwards it to the public. */
@NullMarked
package io.framequota.scheduler.controller.api;

import org.jspecify.annotations.NullMarked;
