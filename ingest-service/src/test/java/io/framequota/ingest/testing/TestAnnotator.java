package io.framequota.ingest.testing;

import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.annotate.Annotator;
import io.framequota.ingest.annotate.Drawing;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Writes the indices of annotated frames in place of a video. */
@Singleton
@Alternative
public class TestAnnotator implements Annotator {
    private final AtomicInteger renderings = new AtomicInteger();

    private volatile @Nullable Error failure;

    /** Lets rendering fail with this; null lets it succeed again. */
    public void failWith(@Nullable Error error) {
        failure = error;
    }

    /** The number of renderings. */
    public int renderings() {
        return renderings.get();
    }

    @Override
    public void render(Drawing drawing, Iterator<ResultLine> lines, Path outMp4) throws IOException {
        renderings.incrementAndGet();
        Error now = failure;
        if (now != null) {
            throw now;
        }
        StringBuilder text = new StringBuilder();
        lines.forEachRemaining(l -> text.append(l.frame()).append(' '));
        Files.writeString(outMp4, text);
    }

    @Override
    public void renderPicture(Drawing drawing, Iterator<ResultLine> lines, Path outJpeg) throws IOException {
        render(drawing, lines, outJpeg);
    }
}
