package io.framequota.ingest.live.rtmp;

import java.util.ArrayList;
import java.util.List;

/** The configurations that a stream has sent last, one for each of its tracks: who begins at a later key picture needs them. */
final class Configurations {
    private static final int MAX_TRACKS = 8;

    private List<VideoTag> last = new ArrayList<>();
    private boolean goesOn;

    /** Notes what the stream sends. */
    void add(VideoTag tag) {
        if (tag.configuration()) {
            if (!goesOn) {
                last = new ArrayList<>();
            }
            if (last.size() < MAX_TRACKS) {
                last.add(tag);
            }
        }
        goesOn = tag.configuration();
    }

    List<VideoTag> all() {
        return last;
    }
}
