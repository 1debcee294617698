package io.framequota.inferenceserver.repository;

import java.util.List;
import java.util.NavigableMap;

/** What has become of a model. */
sealed interface ModelState {
    /** It serves these versions, at least one. */
    record Ready(NavigableMap<Long, LoadedModel> versions) implements ModelState {}

    /** It serves none. */
    record Unavailable(List<Long> versions, String reason) implements ModelState {}
}
