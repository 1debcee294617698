/** What clients ask of jobs, whatever protocol they speak. */
@NullMarked
package io.framequota.ingest.job.service;

import org.jspecify.annotations.NullMarked;
