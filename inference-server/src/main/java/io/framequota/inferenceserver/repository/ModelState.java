package io.framequota.inferenceserver.repository;

import java.util.List;
import java.util.NavigableMap;

/** The state of a model. */
sealed interface ModelState {
    /** It serves these versions, at least one. */
    record Ready(NavigableMap<Long, LoadedModel> versions) implements ModelState {}

    /** It serves no version. */
    record Unavailable(List<Long> versions, String reason) implements ModelState {}
}
